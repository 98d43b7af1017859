"""Everything that waits, done in this process: for a command or a test that has no worker."""

from __future__ import annotations

from portal.outbox.services.deliver import deliver_pending
from portal.outbox.services.jobs import run_waiting


def drain() -> None:
    """Deliver the outbox and run the jobs until neither has anything left that is due."""
    while deliver_pending() or run_waiting():
        pass
