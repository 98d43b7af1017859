"""gunicorn's hooks: its workers die with their master at once, even in the middle of a long request."""

from __future__ import annotations

from typing import Protocol

from portal.config.embedded.process import die_with_parent


class _Worker(Protocol):
    """What we read of gunicorn's worker."""

    ppid: int


def post_fork(_server: object, worker: _Worker) -> None:
    """In the new worker: ask for the death signal (a worker looks at its master itself only between two requests)."""
    die_with_parent(worker.ppid)
