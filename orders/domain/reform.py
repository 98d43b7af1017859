"""What a book of rules makes of many orders: the same for the preview of an arrêté and for its publication."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar

from orders.domain.course import Course, Due, Stays, limit_of, moved, revival, settled
from orders.domain.lifecycle import EXPIRED, ISSUED, LAPSED, SIGNED_CONDITIONAL
from orders.domain.limits import link_expiry
from portal.programmes.domain.book import Book


class Judged(Protocol):
    """An order with the facts of its fate; ``slot`` names the right that only one order may hold."""

    @property
    def course(self) -> Course: ...  # noqa: D102
    @property
    def slot(self) -> Hashable: ...  # noqa: D102
    @property
    def stored_limit(self) -> datetime | None: ...  # noqa: D102


@dataclass(frozen=True)
class Verdict:
    """What is due to one order: its steps, ``stays`` where an ended one does not come back, ``limit`` where its stored
    limit is no longer the right one. ``course`` is where it ends up."""

    steps: tuple[Due, ...]
    course: Course
    stays: Stays | None = None
    limit: datetime | None = None

    @property
    def revived(self) -> bool:
        """Whether an ended order comes back."""
        return any(step.verb.startswith("revive") for step in self.steps)


Row = TypeVar("Row", bound=Judged)


def verdicts(rows: Iterable[Row], book: Book, now: datetime) -> Iterator[tuple[Row, Verdict]]:
    """Judge orders one after the other, the latest signed first: where several of one lineage could come back, that
    one does, and the others are told so."""
    taken: set[Hashable] = set()
    for row in rows:
        course = row.course
        if course.state == LAPSED and row.slot in taken:
            course = replace(course, rival=True)
        verdict = judge(course, row.stored_limit, book, now)
        if verdict.revived and course.state == LAPSED:
            taken.add(row.slot)
        yield row, verdict


def judge(course: Course, stored_limit: datetime | None, book: Book, now: datetime) -> Verdict:
    """The verdict on one order."""
    steps: list[Due] = []
    if course.state in (EXPIRED, LAPSED):
        back = revival(course, book, now)
        if isinstance(back, Stays):
            return Verdict((), course, stays=back)
        steps.append(back)
        course = moved(course, back)
    limit = limit_for(course, book, now)
    if steps or limit == stored_limit:
        limit = None
    for step in settled(course, book, now):
        steps.append(step)
        course = moved(course, step)
    return Verdict(tuple(steps), course, limit=limit)


def limit_for(course: Course, book: Book, now: datetime) -> datetime | None:
    """The limit to keep with an order: of its signature while issued, of the dossier while conditional."""
    if course.state == ISSUED and course.issued_at:
        return link_expiry(course.issued_at, book.at(now))
    return limit_of(course, book) if course.state == SIGNED_CONDITIONAL else None
