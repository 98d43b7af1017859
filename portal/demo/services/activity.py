"""The suppliers of the cast deposit the logs of the months that are over, through the same import as anybody's.

A job of the outbox, asked for at the first start and each time the date is moved on: neither waits for it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zlib import crc32

from django.db.models import Max

from indicators.domain.tally import START, next_month
from indicators.models import DepositCell
from indicators.services.compute import compute_current
from indicators.services.foreground import import_file
from indicators.services.questions import ask_about_year
from orders.domain.lifecycle import LIVE
from orders.models import Order
from portal.common import clock
from portal.common.clock import paris_date
from portal.demo import cast
from portal.demo.domain.activity import HEADER, Habits, month_lines
from portal.demo.services.insi import supervise_cast
from portal.demo.services.play import actor_of
from portal.outbox.services.deliver import deliver_pending
from portal.outbox.services.jobs import Progress, enqueue
from portal.registry.models import Supplier

ACTIVITY = "demo.activity"
_TWINS, _ALIKE = {"port": "halles"}, date(2022, 9, 1)
"""A pharmacy whose series is another's in one month: the demonstration shows how that is asked about."""
_BUSY = {"port": date(2022, 10, 1)}
"""A pharmacy and the month in which one of its accounts calls INSi too much: the alert of the demonstration."""


def ask_for_activity(now: datetime) -> None:
    """Ask for the job of the months over by ``now``, once for each month."""
    enqueue(ACTIVITY, {}, dedup=f"{ACTIVITY}:{paris_date(now):%Y-%m}")


def deposit_activity(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The work of that job: one file for each supplier, from the first month that it has not deposited."""
    now = clock.business_now()
    roles = [role for role in cast.SUPPLIERS if role.software]
    progress.expect(len(roles))
    lines = 0
    for role in roles:
        lines += _deposit(role, paris_date(now))
        progress.step()
    deliver_pending()
    compute_current(now)
    supervise_cast(now)
    for year in range(START.year, paris_date(now).year + 1):
        ask_about_year(year)
    return {"lines": lines}


def _deposit(role: cast.SupplierRole, today: date) -> int:
    supplier = Supplier.objects.get(siret=role.identity.siret)
    months = list(_months(supplier, today))
    habits = _habits(supplier)
    if not months or not habits:
        return 0
    lines = [line for month in months for one in habits for line in month_lines(one, month)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"activite-{role.key}-{months[0]:%Y-%m}-{months[-1]:%Y-%m}.csv"
        path.write_text("\n".join([HEADER, *lines, ""]))
        software = f"{role.software[0].name}@{role.software[0].version}"
        found = import_file(path, supplier=supplier, software=software, actor=actor_of(role.login))
    return int(found["accepted"])


def _months(supplier: Supplier, today: date) -> Iterator[date]:
    """The months over by ``today`` after the last one deposited."""
    received = DepositCell.objects.with_lines().filter(deposit__supplier=supplier)
    last = received.aggregate(last=Max("month"))["last"]
    month = next_month(last) if last else START
    while next_month(month) <= today:
        yield month
        month = next_month(month)


def _habits(supplier: Supplier) -> list[Habits]:
    """The pharmacies that the supplier equips, each with shares of its own."""
    keys = {role.finess: role.key for role in cast.PHARMACIES}
    finess_of = {key: finess for finess, key in keys.items()}
    orders = Order.objects.filter(supplier=supplier, state__in=LIVE).order_by("pharmacy__finess")
    rows = orders.values_list("pharmacy__finess", "installation__installed_at")
    return [
        _of(
            finess,
            paris_date(at) if at else None,
            finess_of.get(_TWINS.get(keys.get(finess, ""), ""), ""),
            _BUSY.get(keys.get(finess, "")),
        )
        for finess, at in rows
    ]


def _of(finess: str, since: date | None, like: str, busy: date | None) -> Habits:
    """Shares around the thresholds, from the number of the pharmacy; twins share the series of one month alone."""
    number = crc32(finess.encode())
    shares = {
        "e_prescription": 26 + number % 20,
        "mss": 3 + number // 20 % 5,
        "apcv": 3 + number // 100 % 5,
        "dmp": 82 + number // 500 % 18,
    }
    return Habits(finess, **shares, since=since, like=like, alike=_ALIKE if like else None, busy=busy)
