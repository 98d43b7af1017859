"""Thin handlers of the schedule."""

from celery import shared_task

from portal.referencing.services import deadlines


@shared_task
def apply_deadlines() -> int:
    """Dossiers whose answer did not come in time."""
    return deadlines.apply_deadlines()
