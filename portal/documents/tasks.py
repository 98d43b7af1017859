"""Thin handlers of the schedule."""

from celery import shared_task

from portal.documents.services import evidence, renew


@shared_task
def renew_timestamps() -> int:
    """The archive time-stamps that end before long."""
    return renew.renew_timestamps().renewed


@shared_task
def request_evidence() -> int:
    """The evidence of the signatures that the journal's published roots hold by now."""
    return evidence.request_owed()
