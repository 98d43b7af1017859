"""Thin handlers: the daily root, and reads that are old enough to be forgotten."""

from celery import shared_task

from portal.audit.publishing import publish_root, seal_waiting
from portal.audit.reads import forget_old_reads


@shared_task
def publish_daily_root() -> int:
    """Publish the root of the day unless it is, and seal those that wait for it.

    Asked every quarter of an hour, so that a stopped worker or a silent authority loses none.
    """
    root, _ = publish_root()
    seal_waiting()
    return root.number


@shared_task
def forget_reads() -> int:
    """Forget who read what more than a year ago."""
    return forget_old_reads()
