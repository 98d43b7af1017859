"""Which months of a pharmacy came, and which are missing.

A month is expected from the first one that came, or from that of the VA where it is earlier, through the last one that
is over, and not past the closing or the end of the order (``tally.months_due``, the rule of the results too). The
convention counts use from the installation, which the VA proves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from indicators.domain.tally import months_due

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
    """The twelve months of ``year``. ``received``: lines by month, of every year; ``ready_on``: the day of the VA;
    ``ended_on``: the last day of which anything is awaited."""
    start = min([*received, *([ready_on] if ready_on else [])], default=None)
    due = months_due(year, start, ended_on, today) if start else ()
    found = []
    for month in _months(year):
        if lines := received.get(month, 0):
            found.append(MonthSeen(month, Seen.RECEIVED, lines))
        else:
            found.append(MonthSeen(month, Seen.MISSING if month in due else Seen.NOT_AWAITED))
    return found


def missing_of(months: list[MonthSeen]) -> list[str]:
    """The months that are missing, in words."""
    return [said(month.first) for month in months if month.seen is Seen.MISSING]


def _months(year: int) -> Iterator[date]:
    return (date(year, number, 1) for number in range(1, 13))
