"""Thin handlers of the schedule."""

from celery import shared_task

from portal.documents.services import renew


@shared_task
def renew_timestamps() -> int:
    """The archive time-stamps that end before long."""
    return renew.renew_timestamps().renewed
