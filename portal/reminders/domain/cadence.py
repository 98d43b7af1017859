"""When whom to remind of what: one literal table, and the plan that follows from a deadline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from orders.domain.deadlines import PHARMACY, SUPPLIER, Deadline, Kind, last_day
from portal.common.clock import PARIS

OFFSETS = (60, 30, 15, 7, 2, 0)
"""J-60 to J, in calendar days before the last day of a deadline."""
HOUR = time(7)
"""Reminders fall due at that hour of Paris: the mail is there when people open their shop."""


@dataclass(frozen=True)
class Cadence:
    """The offsets for the side that acts, and for the side that only follows."""

    acts: tuple[int, ...]
    follows: tuple[int, ...]


CADENCES: dict[Kind, Cadence] = {
    Kind.SIGNATURE: Cadence((15, 7, 2, 0), (7, 2)),
    Kind.REFERENCING: Cadence(OFFSETS, ()),
    Kind.PLANNED: Cadence((2, 0), (7, 2)),
    Kind.INSTALLATION: Cadence(OFFSETS, (30, 7)),
    Kind.INSTALLATION_RESERVE: Cadence((15, 7, 2, 0), ()),
    Kind.VA: Cadence((30, 15, 7, 2, 0), (15, 2)),
    Kind.VA_RESERVE: Cadence((15, 7, 2, 0), ()),
    Kind.DEPOSIT_ADVANCE: Cadence(OFFSETS, ()),
    Kind.DEPOSIT_BALANCE: Cadence(OFFSETS, ()),
}
CADENCE_SOURCE, CADENCE_CONFIDENCE = "règle de gestion du portail", "U"
"""No text of the programme sets a cadence: it is ours, « à confirmer »."""


@dataclass(frozen=True)
class Parties:
    """The organisations to write to on either side of a deadline."""

    supplier: tuple[UUID, ...] = ()
    pharmacy: tuple[UUID, ...] = ()

    def of(self, side: str) -> tuple[UUID, ...]:
        """Those of one side."""
        return self.supplier if side == SUPPLIER else self.pharmacy


@dataclass(frozen=True)
class Wanted:
    """One reminder to have: ``offset`` days ahead, to one organisation, from ``remind_at`` on."""

    offset: int
    organisation: UUID
    remind_at: datetime


def remind_at(deadline: Deadline, offset: int) -> datetime:
    """The instant from which a reminder is due, in UTC."""
    return _morning(last_day(deadline), offset)


@lru_cache(maxsize=10_000)
def _morning(day: date, offset: int) -> datetime:
    return datetime.combine(day - timedelta(days=offset), HOUR, PARIS).astimezone(UTC)


def wanted(deadline: Deadline, parties: Parties) -> list[Wanted]:
    """The reminders of a deadline, the earliest first.

    One whose instant came before the deadline arose was never to be sent. What was missed since stays wanted: the same
    plan comes out however late it is made.
    """
    cadence = CADENCES[deadline.kind]
    other = PHARMACY if deadline.owner == SUPPLIER else SUPPLIER
    day = last_day(deadline)
    return [
        Wanted(offset, organisation, instant)
        for side, offsets in ((deadline.owner, cadence.acts), (other, cadence.follows))
        for organisation in parties.of(side)
        for offset in offsets
        if (instant := _morning(day, offset)) >= deadline.since
    ]


def fingerprint(deadline: Deadline, plan: Iterable[Wanted]) -> str:
    """Tells whether a plan has changed since it was written; the date and the offsets give the instants."""
    rows = ",".join(f"{row.offset}:{row.organisation.hex}" for row in plan)
    return sha256(f"{HOUR}|{deadline.due_at.isoformat()}|{deadline.owner}|{rows}".encode()).hexdigest()
