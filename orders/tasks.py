"""Thin handlers of the schedule."""

from celery import shared_task

from orders.services import deadlines


@shared_task
def apply_deadlines() -> int:
    """Expiries, affermissements and lapses that are due."""
    return deadlines.apply_deadlines()
