"""« Commandes en jeu »: the orders signed under condition, each with its limit, why, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from orders.domain.course import Course, complete_in_time, limit_of
from orders.domain.lifecycle import LAPSED, SIGNED_CONDITIONAL
from orders.domain.limits import desk_decides, french_day
from orders.domain.reasons import CONDITIONAL_LIMIT
from portal.common.clock import last_day_before
from portal.programmes.domain.book import Book
from portal.registry.domain.referencing import dossier_complete_at


class Standing(StrEnum):
    """Where an order signed under condition stands with the dossier of its software."""

    WAITING = "waiting"
    IN_TIME = "in_time"
    LATE = "late"


STANDINGS: dict[Standing, str] = {
    Standing.WAITING: "Dossier à compléter",
    Standing.IN_TIME: "En temps",
    Standing.LATE: "Hors délai",
}


def standing(course: Course, book: Book, now: datetime) -> Standing:
    """In time or late once the dossier is complete (ES-120); waiting before."""
    if complete_in_time(course, book, now):
        return Standing.IN_TIME
    return Standing.LATE if dossier_complete_at(course.changes, now) else Standing.WAITING


def why_limit(course: Course, book: Book) -> str:
    """« Pourquoi cette date », in French."""
    signed = course.counts_from
    if signed is None:
        return ""
    rules = book.at(signed)
    if desk_decides(signed, rules):
        desk = rules.closes("deposit_proofs")
        return f"Fermeture du guichet de l’ANS le {french_day(desk)}" if desk else ""
    days = rules.conditional.limit_days
    return f"Signature du {french_day(signed)} + {days} jours calendaires, dernier jour compris"


@dataclass(frozen=True)
class Tally:
    """How many orders stand where, their euros (TTC, paid by the State), and the first limit to come."""

    waiting: int = 0
    in_time: int = 0
    late: int = 0
    euros: Decimal = Decimal(0)
    next_limit: datetime | None = None

    @property
    def total(self) -> int:
        """All of them."""
        return self.waiting + self.in_time + self.late


def tally(rows: Iterable[tuple[Standing, Decimal, datetime | None]]) -> Tally:
    """The sum over orders, each with its standing, its amount and its limit."""
    counts = dict.fromkeys(Standing, 0)
    euros, limits = Decimal(0), []
    for where, amount, limit in rows:
        counts[where] += 1
        euros += amount
        if limit is not None and where is Standing.WAITING:
            limits.append(limit)
    return Tally(
        counts[Standing.WAITING], counts[Standing.IN_TIME], counts[Standing.LATE], euros, min(limits, default=None)
    )


@dataclass(frozen=True)
class Week:
    """The orders whose limit falls in the week that begins on ``monday``."""

    monday: date
    orders: int
    euros: Decimal


def weeks(limits: Iterable[tuple[datetime, Decimal]]) -> list[Week]:
    """The limits to come, week by week from the first to the last, weeks without any included."""
    found: dict[date, tuple[int, Decimal]] = {}
    for limit, amount in limits:
        day = last_day_before(limit)
        monday = day - timedelta(days=day.weekday())
        orders, euros = found.get(monday, (0, Decimal(0)))
        found[monday] = (orders + 1, euros + amount)
    if not found:
        return []
    first, last = min(found), max(found)
    mondays = [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]
    return [Week(monday, *found.get(monday, (0, Decimal(0)))) for monday in mondays]


def verdict_of_completion(courses: Iterable[Course], book: Book, now: datetime) -> tuple[int, int]:
    """Of the orders signed under condition: how many a complete dossier finds in time, how many it finds late, those
    that have lapsed for it included."""
    in_time = late = 0
    for course in courses:
        over = course.state == LAPSED and course.end_reason == CONDITIONAL_LIMIT
        if course.conditional and (over or course.state == SIGNED_CONDITIONAL):
            timely = not over and complete_in_time(course, book, now)
            in_time, late = in_time + timely, late + (not timely)
    return in_time, late


def limit_to_come(course: Course, book: Book) -> datetime | None:
    """The limit of the dossier for an order still under condition."""
    return limit_of(course, book) if course.state == SIGNED_CONDITIONAL else None
