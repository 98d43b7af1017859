"""From the counters of a year to the facts that a measure judges."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from indicators.domain.measures import Facts, Measure

START = date(2022, 1, 1)
"""Nothing is counted before the programme (contract « lgo-activity-1 »: ``before_programme``)."""


@dataclass(frozen=True)
class Year:
    """The counters of one pharmacy's lineage over a calendar year of Paris. ``counted``: from the day on which its
    software counts; ``whole``: all of it. ``months``: first days of the months that a deposit brought lines for."""

    year: int
    whole: Mapping[str, int]
    counted: Mapping[str, int]
    ready_on: date | None
    months: Container[date]


def facts_of(measure: Measure, found: Year, today: date, neutralised: str = "") -> Facts:
    """What a measure judges of a year, as known on ``today``."""
    part, whole = measure.numerator, measure.denominator
    return Facts(
        year=found.year,
        numerator=found.counted.get(part, 0),
        denominator=found.counted.get(whole, 0),
        raw=(found.whole.get(part, 0), found.whole.get(whole, 0)),
        ready_on=found.ready_on,
        missing=missing_months(found, today),
        neutralised=neutralised,
    )


def missing_months(found: Year, today: date) -> tuple[str, ...]:
    """The months over by ``today``, since the software counts, that no deposit brought a line for, as ``2023-03``."""
    if found.ready_on is None:
        return ()
    due = _due(found.year, counts_from(found.year, found.ready_on), today)
    return tuple(f"{month:%Y-%m}" for month in due if month not in found.months)


@lru_cache(maxsize=1_000)
def _due(year: int, first: date, today: date) -> tuple[date, ...]:
    """The months of a year from that of ``first`` that are over by ``today``: many pharmacies share them."""
    months = (date(year, month, 1) for month in range(first.month, 13)) if first.year == year else ()
    return tuple(month for month in months if next_month(month) <= today)


def counts_from(year: int, ready_on: date) -> date:
    """The first day that counts: 1 January, or the day of the VA where it comes later (« à confirmer », S: « une fois
    l'installation du logiciel Ségur réalisée »)."""
    return max(date(year, 1, 1), ready_on)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
