"""Which months of a pharmacy came, and which are missing.

A month is expected from the first one that came, or from that of the VA where it is earlier, through the last one that
is over, and not past the end of the order. The convention counts use from the installation, which the VA proves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre"),
    *("novembre", "décembre"),
)


class Seen(StrEnum):
    """What is known of a month."""

    RECEIVED = "received"
    MISSING = "missing"
    NOT_AWAITED = "not_awaited"


SEEN_LABELS = {
    Seen.RECEIVED: "reçu",
    Seen.MISSING: "manquant",
    Seen.NOT_AWAITED: "non attendu",
}


@dataclass(frozen=True)
class MonthSeen:
    """A month (its first day), what is known of it, how many lines it has."""

    first: date
    seen: Seen
    lines: int = 0

    @property
    def words(self) -> str:
        """« mars 2023 manquant », « avril 2023 : 1200 lignes »."""
        name = said(self.first)
        if self.seen is Seen.RECEIVED:
            return f"{name} : {self.lines} ligne{'s' if self.lines > 1 else ''}"
        return f"{name} {SEEN_LABELS[self.seen]}"


def said(month: date) -> str:
    """« mars 2023 »."""
    return f"{MONTHS[month.month - 1]} {month.year}"


def year_seen(
    year: int, received: Mapping[date, int], *, ready_on: date | None, ended_on: date | None, today: date
) -> list[MonthSeen]:
    """The twelve months of ``year``. ``received``: lines by month, of every year; ``ready_on``: the day of the VA."""
    starts = [*received, *([ready_on.replace(day=1)] if ready_on else [])]
    start, last = min(starts, default=None), min(today, ended_on or today).replace(day=1)
    found = []
    for month in _months(year):
        lines = received.get(month, 0)
        over = month < today.replace(day=1) and (month <= last if ended_on else month < last)
        if lines:
            found.append(MonthSeen(month, Seen.RECEIVED, lines))
        else:
            awaited = start is not None and month >= start and over
            found.append(MonthSeen(month, Seen.MISSING if awaited else Seen.NOT_AWAITED))
    return found


def missing_of(months: list[MonthSeen]) -> list[str]:
    """The months that are missing, in words."""
    return [said(month.first) for month in months if month.seen is Seen.MISSING]


def _months(year: int) -> Iterator[date]:
    return (date(year, number, 1) for number in range(1, 13))
