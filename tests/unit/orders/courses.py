"""Courses to judge: an order signed on 12 October 2022, its limit, its closing, the day after."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from orders.domain.course import Course, due
from portal.programmes.domain.book import Book
from portal.programmes.domain.ruleset import Milestone, RuleSet
from portal.registry.domain.referencing import Change, Status
from tests.unit.orders.facts import RULES, paris

SECOND = timedelta(seconds=1)
BOOK = Book((RULES,))
SIGNED = paris(2022, 10, 12, 14)
LIMIT = paris(2023, 2, 10)  # 120 days, the last one included
CLOSING = paris(2023, 4, 28, 14)
AFTER_CLOSING = paris(2023, 4, 29)  # J+1


def at(status: Status, instant: datetime, recorded: datetime | None = None) -> Change:
    return Change(status, instant, recorded or instant)


def conditional(*changes: Change, **facts: Any) -> Course:
    return Course("signed_conditional", counts_from=SIGNED, conditional=True, changes=changes, **facts)


def firm(*changes: Change, **facts: Any) -> Course:
    return Course("signed_firm", counts_from=SIGNED, changes=changes, **facts)


def step(course: Course, now: datetime, book: Book = BOOK) -> tuple[str, str] | None:
    found = due(course, book, now)
    return (found.verb, found.reason) if found else None


def extended(**closings: datetime) -> RuleSet:
    """A later version with other closings, by nature."""
    kept = tuple(m for m in RULES.calendar if not (m.bound == "closes" and m.nature in closings))
    new = tuple(Milestone(f"{n}_closes", n, "closes", at, "arrêté d’essai", "C", "") for n, at in closings.items())
    return replace(RULES, version=2, calendar=kept + new)
