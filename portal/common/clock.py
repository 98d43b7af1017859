"""The two clocks of the portal.

*Business time* decides rules, deadlines and what documents say; the demonstration may move it forward.
*Machine time* serves tokens, sessions, jobs and heartbeats; nothing moves it.
Both are aware UTC instants. The providers are installed once by ``portal.config`` and by the tests:
no other module may call ``datetime.now``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

Provider = Callable[[], datetime]


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class _Clocks:
    business: Provider
    machine: Provider


_clocks = _Clocks(business=_utc_now, machine=_utc_now)


def install(*, business: Provider | None = None, machine: Provider | None = None) -> None:
    """Install the providers of either clock; each must return an aware datetime."""
    if business is not None:
        _clocks.business = business
    if machine is not None:
        _clocks.machine = machine


def business_now() -> datetime:
    """The instant that rules and documents go by, in UTC."""
    return _clocks.business().astimezone(UTC)


def machine_now() -> datetime:
    """The instant of the machine, in UTC."""
    return _clocks.machine().astimezone(UTC)


@contextmanager
def frozen(*, business: datetime | None = None, machine: datetime | None = None) -> Iterator[None]:
    """Hold one or both clocks at an instant for the duration of a block (tests, simulation)."""
    before = _Clocks(_clocks.business, _clocks.machine)
    if business is not None:
        _clocks.business = lambda: business
    if machine is not None:
        _clocks.machine = lambda: machine
    try:
        yield
    finally:
        _clocks.business, _clocks.machine = before.business, before.machine


def paris_date(instant: datetime) -> date:
    """The calendar day of an aware instant in Europe/Paris."""
    return instant.astimezone(PARIS).date()


def start_of_paris_day(day: date) -> datetime:
    """The first instant of a calendar day in Europe/Paris, as a UTC instant."""
    return datetime.combine(day, time.min, PARIS).astimezone(UTC)


def end_of_paris_day(day: date) -> datetime:
    """The first instant *after* a calendar day in Europe/Paris (half-open intervals), as UTC."""
    return start_of_paris_day(day + timedelta(days=1))


def last_day_before(limit: datetime) -> date:
    """The last calendar day (Paris) with an instant before ``limit``: what to print for an exclusive limit."""
    return paris_date(limit - timedelta(microseconds=1))
