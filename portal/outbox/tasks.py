"""Thin handlers: the outbox and its sweep."""

from celery import shared_task

from portal.outbox.services.deliver import deliver_pending


@shared_task
def deliver() -> int:
    """Deliver what is due; woken after each commit."""
    return deliver_pending()


@shared_task
def sweep() -> int:
    """The same, every minute: neither a dead broker nor a killed worker loses an effect."""
    return deliver_pending()
