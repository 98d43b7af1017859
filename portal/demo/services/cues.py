"""A cue: one act and the instant at which it falls. Performed at once, or kept by a script for its turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from portal.common import clock
from portal.common.clock import PARIS
from portal.outbox.services.deliver import deliver_pending
from portal.outbox.services.jobs import run_waiting


@dataclass(frozen=True)
class Cue:
    """One act and the business instant (Paris) at which it falls."""

    at: datetime
    act: Callable[[], object]


def moment(day: str, hour: int) -> datetime:
    """An hour of an ISO day, in Paris."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=PARIS)


def perform(cue: Cue) -> None:
    """Do the act at its instant, deliver what follows from it and run the jobs that it asks for."""
    with clock.frozen(business=cue.at):
        cue.act()
        deliver_pending()
        while run_waiting():
            deliver_pending()
