"""The board of a supplier with 9,000 orders: the time of a page against a bare ``SELECT`` of the same rows.

Run with ``python manage.py shell -c "from benchmarks.boards import main; main()"`` on an installation that holds the
demonstration's cast. Everything happens in one transaction that is taken back; meanwhile nobody else
reads these tables (their triggers are put to sleep): not for an installation in use.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orders.models import Order
from portal.accounts.models import User
from portal.config.database import owned
from portal.demo import cast
from tests.integration.web.clones import clone_order

ORDERS, PAGE, ROUNDS = 9_000, 50, 7
ASKED: dict[str, dict[str, str]] = {
    "first page": {},
    "last page": {"page": "last"},
    "by pharmacy": {"tri": "pharmacie"},
    "by number": {"tri": "-numero"},
    "by stage": {"tri": "etape"},
    "by due date": {"tri": "echeance"},
    "one stage": {"etape": "reserve"},
    "who acts": {"acteur": "supplier"},
    "search a word": {"q": "ville7"},
    "search a number": {"q": "BC-2022-904321"},
}
_BARE = "SELECT * FROM orders_order WHERE supplier_id = %s ORDER BY created_at DESC, number LIMIT %s"


def main() -> None:
    """Print one line a page: milliseconds, queries, and how many times the bare read."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a missing folder
    with owned(connection), transaction.atomic():  # triggers obey the owner of their table alone
        login = cast.SUPPLIERS[0].login
        order = Order.objects.filter(supplier__siret=cast.SUPPLIERS[0].identity.siret, state="signed_firm").latest(
            "created_at"
        )
        clone_order(order.pk, order.pharmacy_id, ORDERS)
        client = Client(SERVER_NAME="localhost")
        client.force_login(User.objects.get(email=login))
        bare = _time(lambda: _read(str(order.supplier_id)))
        print(f"{'bare SELECT of a page':<24}{bare:>9.2f} ms")
        for name, wanted in ASKED.items():
            _report(name, client, f"{reverse('home:board')}?{urlencode(wanted)}", bare)
        transaction.set_rollback(True)


def _report(name: str, client: Client, url: str, bare: float) -> None:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    if response.status_code != 200:
        raise SystemExit(f"{url} answered {response.status_code}")
    queries = len(captured)  # before the next request empties the log
    spent = _time(lambda: client.get(url))
    print(f"{name:<24}{spent:>9.2f} ms {queries:>4} queries {spent / bare:>8.1f} x")


def _read(supplier: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_BARE, [supplier, PAGE])
        cursor.fetchall()


def _time(work: Callable[[], object]) -> float:
    """The median of several runs, in milliseconds."""
    spent = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        spent.append((time.perf_counter() - started) * 1000)
    return median(spent)
