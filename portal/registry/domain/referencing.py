"""The statuses of a référencement and which one holds at an instant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """Public words: facts on referencing, « compliance » §5."""

    ANNOUNCED = "announced"
    ADMINISTRATIVE = "administrative"
    SUBMITTED = "submitted"
    TO_COMPLETE = "to_complete"
    COMPLETE = "complete"
    TO_CORRECT = "to_correct"
    REFERENCED = "referenced"
    REFUSED = "refused"
    ABANDONED = "abandoned"
    LAPSED = "lapsed"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


STATUS_LABELS: dict[Status, str] = {
    Status.ANNOUNCED: "Annoncé",
    Status.ADMINISTRATIVE: "Dossier administratif",
    Status.SUBMITTED: "Preuves déposées",
    Status.TO_COMPLETE: "Compléments demandés",
    Status.COMPLETE: "Dossier complet, en instruction",
    Status.TO_CORRECT: "Preuves à corriger",
    Status.REFERENCED: "Référencé",
    Status.REFUSED: "Refusé",
    Status.ABANDONED: "Abandonné",
    Status.LAPSED: "Caduc",
    Status.SUSPENDED: "Suspendu",
    Status.WITHDRAWN: "Retiré",
    Status.REPLACED: "Remplacé",
}


OVER = (Status.REFUSED, Status.ABANDONED, Status.LAPSED)
"""The dossier has ended without a référencement; another one may be opened."""


@dataclass(frozen=True)
class Change:
    """One recorded change of status."""

    status: Status
    effective_at: datetime
    recorded_at: datetime


def status_at(history: Iterable[Change], act_at: datetime, known_at: datetime) -> Status:
    """The status that held at ``act_at`` by what was recorded at ``known_at``; announced where nothing is."""
    current = Status.ANNOUNCED
    known = [c for c in history if c.recorded_at <= known_at and c.effective_at <= act_at]
    for change in sorted(known, key=lambda c: (c.effective_at, c.recorded_at)):
        current = change.status
    return current


@dataclass(frozen=True)
class Span:
    """A status over ``[start, end)``; ``end`` None: it still holds."""

    status: Status
    start: datetime
    end: datetime | None


def spans(history: Iterable[Change], known_at: datetime) -> list[Span]:
    """The statuses that held one after the other up to ``known_at``, by what was recorded then. A change corrected
    by a later record of the same instant held for no time and is left out."""
    known = [c for c in history if c.recorded_at <= known_at and c.effective_at <= known_at]
    ordered = sorted(known, key=lambda c: (c.effective_at, c.recorded_at))
    ends = [*(change.effective_at for change in ordered[1:]), None] if ordered else []
    return [
        Span(change.status, change.effective_at, end)
        for change, end in zip(ordered, ends, strict=True)
        if end is None or change.effective_at < end
    ]


def dossier_complete_at(history: Iterable[Change], known_at: datetime, at: datetime | None = None) -> datetime | None:
    """When the dossier that ran at ``at`` (the last one by default) was complete: the instant the ANS recorded, or the
    référencement itself where only that is.

    A dossier refused, abandoned or lapsed is over: what was complete before that counts for no later one.
    """
    first: dict[Status, datetime] = {}
    for change in sorted(history, key=lambda c: (c.effective_at, c.recorded_at)):
        if change.recorded_at > known_at:
            continue
        if change.status in OVER:
            if at is not None and change.effective_at > at:
                break
            first.clear()
        else:
            first.setdefault(change.status, change.effective_at)
    return first.get(Status.COMPLETE) or first.get(Status.REFERENCED)


def first_instant(history: Iterable[Change], status: Status, known_at: datetime) -> datetime | None:
    """The first instant at which ``status`` took effect, by what was known at ``known_at``."""
    instants = [c.effective_at for c in history if c.status is status and c.recorded_at <= known_at]
    return min(instants, default=None)
