"""The measures of a year for 20,500 pharmacies from their counters, the boards over them, and one titulaire's page.

Run with ``python manage.py shell -c "from benchmarks.indicators import main; main()"`` on a demonstration, in a
database of its own that is dropped afterwards; the triggers of the copied tables sleep while the copies are made. Every
pharmacy has 310 days of counters. Figures: seconds, beside the bare ``SELECT`` that reads and sums the same counters by
pharmacy; milliseconds and queries of each page. Targets: the year computed the first time in under 10 s, a titulaire's
page in under 100 ms; each is said reached or missed, and the exit status is 1 when one is missed.

Seen on two quiet cores, 6.4 M rows: the year in 1.0 times the bare sums (3.3 s) where nothing is new, in 1.6 times
(5.2 s) where every result is; a titulaire's page in 25 ms, a board of 20,500 pharmacies in 0.43 s, its workbook in 2 s.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from statistics import median
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.scene import play_cast
from indicators.domain.counters import COUNTERS
from indicators.models import Deposit
from indicators.models.deposits import DepositState
from indicators.services.compute import compute_year
from indicators.services.oddities import oddities_of
from indicators.services.years import manifest_of
from orders.models import Order
from portal.accounts.models import Membership, User
from portal.common import clock
from portal.common.clock import PARIS, paris_date
from portal.demo import cast
from portal.demo.services.scratch import elsewhere
from tests.integration.web.clones import clone_live_order, triggers_asleep

PHARMACIES, YEAR, ROUNDS = 20_500, 2023, 9
YEAR_SECONDS, PAGE_SECONDS = 10, 0.1
NOW = datetime(2024, 1, 10, 10, tzinfo=PARIS)
_COUNTS = {
    "dispensations": 120,
    "dispensations_mss": 7,
    "prescriptions": 90,
    "prescriptions_e": 33,
    "prescriptions_city": 70,
    "prescriptions_city_e": 30,
    "claims": 100,
    "claims_apcv": 5,
    "assessments_final": 3,
    "assessments_final_dmp": 2,
    "insi_calls": 10,
    "insi_retrieval": 4,
    "insi_verification": 6,
    "insi_cpx": 3,
    "insi_org": 7,
    "insi_failed": 1,
}
_BARE = f"""SELECT pharmacy_id, {", ".join(f"sum({name})" for name in COUNTERS)} FROM indicators_dailycounter
    WHERE day >= '{YEAR}-01-01' AND day < '{YEAR + 1}-01-01' GROUP BY pharmacy_id"""  # noqa: S608  (the names of our own counters)


def main(pharmacies: int = PHARMACIES) -> None:
    """Print one line a measure and one a target. Raises SystemExit when a target is missed."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a missing folder
    with elsewhere(lambda: None):
        with clock.frozen(business=datetime(2022, 12, 1, tzinfo=PARIS)):
            play_cast()
        order = Order.objects.select_related("pharmacy").filter(state="realised").latest("created_at")
        clone_live_order(order.pk, order.pharmacy_id, order.pharmacy.lineage_id, order.slot_id or 0, pharmacies)
        _fill(order)
        with clock.frozen(business=NOW):
            year, page = _measure(order)
    kept = [
        _judged(year <= YEAR_SECONDS, f"a year of {pharmacies:,} pharmacies in {year:.2f} s, at most {YEAR_SECONDS} s"),
        _judged(
            page <= PAGE_SECONDS, f"a titulaire's page in {page * 1000:.1f} ms, at most {PAGE_SECONDS * 1000:.0f} ms"
        ),
    ]
    if not all(kept):
        raise SystemExit(1)


def _judged(held: bool, target: str) -> bool:
    print(f"{'reached' if held else 'MISSED '} {target}")
    return held


def _measure(order: Order) -> tuple[float, float]:
    """Seconds of the year computed the first time, and of a titulaire's page."""
    bare = _report("bare sums by pharmacy", lambda: _read(_BARE))
    year = _report("measures of the year, first time", lambda: compute_year(order.programme_id, YEAR), bare)
    _report("measures of the year, nothing new", lambda: compute_year(order.programme_id, YEAR), bare)
    _report("fingerprint of a frozen year", lambda: manifest_of(YEAR), bare)
    _report("what looks odd", lambda: oddities_of(YEAR, [], paris_date(NOW)), bare)
    supplier = next(role.login for role in cast.SUPPLIERS if role.identity.siret == order.supplier.siret)
    titulaire = Membership.objects.get(organisation=order.pharmacy.organisation, role="titulaire").user.email
    page = _page("usage", titulaire, "")
    for name, login, query in (
        ("why", titulaire, "&mois=03"),
        ("report", titulaire, ""),
        ("board", supplier, "&indicateur=EPRESC"),
        ("board_csv", supplier, "&indicateur=EPRESC"),
        ("board_xlsx", supplier, "&indicateur=EPRESC"),
    ):
        _page(name, login, query)
    return year, page


def _fill(order: Order) -> None:
    """Counters of 310 days, a little different from one pharmacy to the next, and every month's deposit."""
    parts = {name for name in _COUNTS if name.startswith("insi")}
    varied = ", ".join(str(n) if name in parts else f"{n} + (h %% 3)" for name, n in _COUNTS.items())
    tables = "indicators_dailycounter", "indicators_depositcell", "indicators_deposit"
    with transaction.atomic(), triggers_asleep(*tables):
        _write(
            f"""INSERT INTO indicators_dailycounter (supplier_id, pharmacy_id, day, {", ".join(_COUNTS)})
            SELECT %s, p.id, date '{YEAR}-01-01' + n, {varied}
            FROM registry_pharmacy p JOIN orders_order o ON o.pharmacy_id = p.id AND o.realised_at IS NOT NULL
            CROSS JOIN generate_series(0, 364) n
            CROSS JOIN LATERAL (SELECT abs(hashtext(p.finess || n)) AS h) hashed
            WHERE n %% 20 < 17""",  # noqa: S608
            [order.supplier_id],
        )
        deposit = Deposit.objects.create(
            supplier_id=order.supplier_id,
            software_version_id=order.software_version_id,
            name="a.csv",
            sha256="0" * 64,
            size=1,
            deposited_at=clock.machine_now(),
            state=DepositState.ACCEPTED,
            sequence=1,
            finished_at=clock.machine_now(),
        )
        _write(
            f"""INSERT INTO indicators_depositcell (deposit_id, pharmacy_id, month, accepted)
            SELECT %s, p.id, date '{YEAR}-01-01' + m * interval '1 month', 100 FROM registry_pharmacy p
            CROSS JOIN generate_series(0, 11) m""",  # noqa: S608
            [deposit.pk],
        )
    _write("ANALYZE indicators_dailycounter, indicators_depositcell", [])


def _write(statement: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _read(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.fetchall()


def _page(name: str, login: str, query: str) -> float:
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(email=login))
    url = f"{reverse(f'indicators:{name}', args=['EPRESC'] if name == 'why' else [])}?annee={YEAR}{query}"
    with CaptureQueriesContext(connection) as captured:
        _answer(client, url)
    queries, spent = len(captured), []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        _answer(client, url)
        spent.append(time.perf_counter() - started)
    print(f"{name:<44}{median(spent) * 1000:>9.1f} ms {queries:>4} queries")
    return median(spent)


def _answer(client: Client, url: str) -> None:
    response: Any = client.get(url)
    if response.status_code != 200:
        raise SystemExit(f"{url} answered {response.status_code}")
    if response.streaming:
        b"".join(response.streaming_content)


def _report(name: str, work: Callable[[], object], bare: float = 0) -> float:
    started = time.perf_counter()
    work()
    spent = time.perf_counter() - started
    print(f"{name:<44}{spent:>9.2f} s {f'{spent / bare:>8.1f} x' if bare else ''}")
    return spent
