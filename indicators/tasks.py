"""Thin handlers of the schedule and of the outbox."""

from uuid import UUID

from celery import shared_task

from indicators.services.background import read_waiting, suppliers_waiting
from indicators.services.compute import compute_current, current_years
from indicators.services.questions import ask_about_year
from portal.common import clock


@shared_task
def compute_indicators() -> int:
    """The measures of this year and of the last one, whose declaration may still be open."""
    return compute_current(clock.business_now())


@shared_task
def read_deposits(supplier: str) -> int:
    """The received deposits of a supplier; woken by each of them."""
    return read_waiting(UUID(supplier))


@shared_task
def read_all_deposits() -> int:
    """Those of every supplier, each minute: neither a dead broker nor a killed worker leaves a file unread."""
    return sum(read_waiting(supplier) for supplier in suppliers_waiting())


@shared_task
def ask_questions() -> int:
    """What looks odd in the counters of the same years, as questions."""
    return sum(ask_about_year(year) for year in current_years(clock.business_now()))
