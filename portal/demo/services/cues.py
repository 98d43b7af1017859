"""A cue: one act and the instant at which it falls. Performed at once, or kept by a script for its turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from portal.common import clock
from portal.common.clock import PARIS
from portal.outbox.services.deliver import deliver_pending


@dataclass(frozen=True)
class Cue:
    """One act and the business instant (Paris) at which it falls."""

    at: datetime
    act: Callable[[], object]


def moment(day: str, hour: int) -> datetime:
    """An hour of an ISO day, in Paris."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=PARIS)


@contextmanager
def at(day: str, hour: int = 10) -> Iterator[datetime]:
    """Business time held at an hour of a day, Paris; the outbox is delivered before it ends."""
    instant = moment(day, hour)
    with clock.frozen(business=instant):
        yield instant
        deliver_pending()


def perform(cue: Cue) -> None:
    """Do the act at its instant and deliver what follows from it."""
    with clock.frozen(business=cue.at):
        cue.act()
        deliver_pending()
