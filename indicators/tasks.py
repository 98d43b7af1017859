"""Thin handlers of the schedule."""

from celery import shared_task

from indicators.services.compute import compute_current
from portal.common import clock


@shared_task
def compute_indicators() -> int:
    """The measures of this year and of the last one, whose declaration may still be open."""
    return compute_current(clock.business_now())
