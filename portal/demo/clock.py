"""Business time of the demonstration: it starts on 15/11/2022, runs with the machine, and can be moved forward."""

from __future__ import annotations

import time as monotonic_clock
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from portal.common import clock
from portal.common.clock import PARIS, paris_date
from portal.common.refusals import refuse
from portal.demo.models import DemoClock

DEMO_START = datetime(2022, 11, 15, 9, 0, tzinfo=PARIS)
LAST_DAY = datetime(2027, 1, 1, tzinfo=PARIS)
_FRESH_SECONDS = 1.0
_seen: dict[str, tuple[float, DemoClock]] = {}


def demo_business_time() -> datetime:
    """The provider installed by ``portal.config``; the row is read again after a second."""
    now = monotonic_clock.monotonic()
    cached = _seen.get("row")
    if cached is None or now - cached[0] > _FRESH_SECONDS:
        cached = (now, start_clock())
        _seen["row"] = cached
    row = cached[1]
    return row.business_start + (clock.machine_now() - row.machine_start) + timedelta(seconds=row.moved_seconds)


def start_clock() -> DemoClock:
    """The clock's row, set going on first use."""
    row = DemoClock.objects.filter(pk=1).first()
    if row is None:
        defaults = {"business_start": DEMO_START, "machine_start": clock.machine_now()}
        row, _ = DemoClock.objects.get_or_create(pk=1, defaults=defaults)
    return row


@transaction.atomic
def advance_to(day: datetime) -> datetime:
    """Move business time forward to ``day`` (aware) and return the new instant. Raises ``Refused`` backwards."""
    row = DemoClock.objects.select_for_update().get(pk=start_clock().pk)
    _seen.clear()
    now = demo_business_time()
    if day <= now:
        raise refuse(
            "clock_backwards",
            f"La date du portail est déjà le {paris_date(now):%d/%m/%Y} : elle ne peut qu’avancer. Choisissez une date "
            "postérieure.",
            "day",
        )
    if day > LAST_DAY:
        raise refuse("clock_too_far", "La démonstration s’arrête au 01/01/2027.", "day")
    DemoClock.objects.filter(pk=row.pk).update(moved_seconds=F("moved_seconds") + int((day - now).total_seconds()) + 1)
    _seen.clear()
    return demo_business_time()


def morning_of(day: date) -> datetime:
    """Nine o'clock in Paris on a calendar day."""
    return datetime.combine(day, time(9), PARIS)


def demo_running() -> bool:
    """Whether this installation is the demonstration."""
    return bool(settings.PORTAL_DEMO)
