"""Thin handlers of the schedule."""

from celery import shared_task

from portal.reminders.services import send


@shared_task
def remind() -> int:
    """Plan the reminders and write those that are due."""
    return send.remind()
