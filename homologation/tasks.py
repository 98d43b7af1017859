"""Thin handlers of the schedule."""

from celery import shared_task

from homologation.services import breach_reminders, steps


@shared_task
def remind_breaches() -> int:
    """Recall the 72 hours of each breach to notify."""
    return breach_reminders.remind_breaches()


@shared_task
def remind_expiries() -> int:
    """Recall the certificates about to expire."""
    return steps.remind_expiries()
