"""Long work that people watch: the row is the truth, the queue only a means.

A job's work is idempotent and finds out by itself what is left, so that a killed worker costs nothing but time: whoever
finds its heartbeat stale takes the job up again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from portal.common import clock
from portal.outbox.models import Job, JobState
from portal.outbox.services.publish import publish

log = logging.getLogger(__name__)
STALE = timedelta(seconds=90)
BEAT = timedelta(seconds=2)
TOPIC = "job.done"

Work = Callable[[dict[str, Any], "Progress"], dict[str, Any]]
_works: dict[str, Work] = {}


def install(works: Mapping[str, Work]) -> None:
    """Replace the whole table of works by kind; bound once by ``portal.config``."""
    _works.clear()
    _works.update(works)


class Progress:
    """How far a job has come; written at most every two seconds, and when it says so."""

    def __init__(self, job_id: UUID) -> None:
        self.job_id, self.done, self.total = job_id, 0, 0
        self._written = clock.machine_now()

    def expect(self, total: int) -> None:
        """There are ``total`` things left to do."""
        self.done, self.total = 0, total
        self._write()

    def step(self, count: int = 1) -> None:
        """``count`` more things are done."""
        self.done += count
        self.total = max(self.total, self.done)
        if clock.machine_now() - self._written >= BEAT:
            self._write()

    def _write(self) -> None:
        self._written = clock.machine_now()
        Job.objects.filter(pk=self.job_id).update(done=self.done, total=self.total, heartbeat_at=self._written)


def enqueue(kind: str, params: dict[str, Any], *, dedup: str, requested_by: int | None = None) -> Job:
    """Ask for a job, in the current transaction; the same ``dedup`` gives the job that is there already.

    Raises LookupError for an unknown kind.
    """
    if kind not in _works:
        raise LookupError(f"no work is bound to the kind {kind!r}")
    now = clock.machine_now()
    job, created = Job.objects.get_or_create(
        dedup=dedup,
        defaults={
            "kind": kind,
            "params": params,
            "requested_by_id": requested_by,
            "created_at": now,
            "heartbeat_at": now,
        },
    )
    if created:
        publish("job.run", {"id": str(job.pk)}, dedup=f"job.run:{job.pk}")
    return job


def run_waiting(kind: str = "") -> int:
    """Run every job that waits or was left by a dead worker, of one kind or all; return how many finished or failed."""
    ran = 0
    while job := _claim(kind):
        _run(job)
        ran += 1
    return ran


def retry(job_id: UUID) -> None:
    """Take a failed job up again from where it stands."""
    Job.objects.filter(pk=job_id, state=JobState.FAILED).update(
        state=JobState.QUEUED, error="", finished_at=None, heartbeat_at=clock.machine_now()
    )


def _claim(kind: str) -> Job | None:
    """Take one job: the conditional update decides between two workers that want the same."""
    now = clock.machine_now()
    free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, heartbeat_at__lt=now - STALE)
    if kind:
        free &= Q(kind=kind)
    for job_id in Job.objects.filter(free).order_by("created_at", "pk").values_list("pk", flat=True):
        taken = Job.objects.filter(free, pk=job_id).update(
            state=JobState.RUNNING, heartbeat_at=now, attempts=F("attempts") + 1, error=""
        )
        if taken:
            return Job.objects.get(pk=job_id)
    return None


def _run(job: Job) -> None:
    progress = Progress(job.pk)
    try:
        result = _works[job.kind](job.params, progress)
    except Exception as error:
        log.exception("job %s (%s) failed", job.pk, job.kind)
        _finish(job, JobState.FAILED, progress, error=f"{type(error).__name__}: {error}"[:2000])
    else:
        _finish(job, JobState.DONE, progress, result=result)


def _finish(
    job: Job, state: JobState, progress: Progress, *, error: str = "", result: dict[str, Any] | None = None
) -> None:
    now = clock.machine_now()
    Job.objects.filter(pk=job.pk).update(
        state=state,
        done=progress.done,
        total=progress.total,
        result=result or {},
        error=error,
        heartbeat_at=now,
        finished_at=now,
    )
    if state is JobState.DONE:
        publish(TOPIC, {"id": str(job.pk)}, dedup=f"{TOPIC}:{job.pk}")
