"""The thin handler of jobs, apart from ``tasks``: publishing wakes the outbox, and jobs publish."""

from celery import shared_task

from portal.outbox.services import jobs


@shared_task
def run_jobs() -> int:
    """Jobs that wait, and those whose worker died; woken by the outbox and every minute."""
    return jobs.run_waiting()
