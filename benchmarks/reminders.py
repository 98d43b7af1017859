"""Planning, sending and showing the reminders of a supplier with 9,000 orders, against a bare read of those orders.

Run with ``python manage.py shell -c "from benchmarks.reminders import main; main()"`` on an installation that holds the
demonstration's cast. Everything happens in one transaction that is taken back; meanwhile nobody else
reads these tables (their triggers are put to sleep): not for an installation in use.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orders.models import Order
from portal.accounts.actors import Actor
from portal.accounts.models import Membership, User
from portal.common import clock
from portal.common.clock import PARIS
from portal.demo import cast
from portal.reminders.models import Reminder
from portal.reminders.services.feeds import renew_feed
from portal.reminders.services.plan import plan_reminders
from portal.reminders.services.send import send_digests
from tests.integration.web.clones import clone_order

ORDERS = 9_000
NOW = datetime(2023, 2, 27, 12, tzinfo=PARIS)  # J-60 of the closing: every order has something due
_BARE = "SELECT * FROM orders_order JOIN orders_installation i ON i.order_id = orders_order.id WHERE supplier_id = %s"


def main() -> None:
    """Print one line a work: seconds, queries, and how many times the bare read of the same orders."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a missing folder
    with transaction.atomic():
        login = cast.SUPPLIERS[0].login
        order = Order.objects.filter(supplier__siret=cast.SUPPLIERS[0].identity.siret, state="signed_firm").latest(
            "created_at"
        )
        clone_order(order.pk, order.pharmacy_id, ORDERS)
        actor = Actor.of(Membership.objects.select_related("user", "organisation").get(user__email=login))
        with clock.frozen(business=NOW):
            _run(str(order.supplier_id), actor, User.objects.get(email=login))
        transaction.set_rollback(True)


def _run(supplier: str, actor: Actor, user: User) -> None:
    bare = _timed("bare read of the orders", lambda: _read(supplier), 0)
    _timed("first plan", plan_reminders, bare)
    print(f"{'':<28}{Reminder.objects.count():>9} rows planned")
    _timed("plan again, nothing changed", plan_reminders, bare)
    _timed("digests", send_digests, bare)
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    _timed("page of deadlines", lambda: client.get(reverse("reminders:deadlines")), bare)
    _timed("page of the weekly load", lambda: client.get(reverse("reminders:load")), bare)
    url = reverse("reminders:feed", args=[renew_feed(actor=actor)])
    first = _kept(lambda: client.get(url), "calendar", bare)
    print(f"{'':<28}{len(first.content) / 1e6:>9.1f} MB")
    _timed("calendar, unchanged", lambda: client.get(url, headers={"if-none-match": first["ETag"]}), bare)


def _kept(work: Callable[[], Any], name: str, bare: float) -> Any:
    kept: list[Any] = []
    _timed(name, lambda: kept.append(work()), bare)
    return kept[0]


def _timed(name: str, work: Callable[[], object], bare: float) -> float:
    with CaptureQueriesContext(connection) as captured:
        started = time.perf_counter()
        work()
        spent = time.perf_counter() - started
    ratio = f"{spent / bare:>8.1f} x" if bare else ""
    print(f"{name:<28}{spent:>9.2f} s {len(captured):>4} queries {ratio}")
    return spent


def _read(supplier: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_BARE, [supplier])
        cursor.fetchall()
