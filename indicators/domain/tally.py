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
    software counts; ``whole``: all of it. ``months``: first days of the months that a deposit brought lines for.
    ``ended_on``: the last day of which anything is awaited, None while there is none."""

    year: int
    whole: Mapping[str, int]
    counted: Mapping[str, int]
    ready_on: date | None
    months: Container[date]
    ended_on: date | None = None


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
    due = months_due(found.year, found.ready_on, found.ended_on, today)
    return tuple(f"{month:%Y-%m}" for month in due if month not in found.months)


def ends_on(closed_on: date | None, ordered_until: date | None) -> date | None:
    """The last day of which anything is awaited: that of the closing or of the last order, whichever came first; None
    where neither did. ``closed_on``: None where a site, a successor say, is open; ``ordered_until``: None while an
    order holds."""
    return min((day for day in (closed_on, ordered_until) if day is not None), default=None)


def months_due(year: int, first: date, last: date | None, today: date) -> tuple[date, ...]:
    """The months of a year that a log is awaited of: from that of ``first`` through that of ``last``, over by
    ``today``."""
    return _due(year, first.replace(day=1), last.replace(day=1) if last else None, today)


@lru_cache(maxsize=1_000)
def _due(year: int, first: date, last: date | None, today: date) -> tuple[date, ...]:
    """By first days of months: many pharmacies share them."""
    months = (date(year, month, 1) for month in range(1, 13))
    return tuple(
        month for month in months if first <= month and next_month(month) <= today and (last is None or month <= last)
    )


def counts_from(year: int, ready_on: date) -> date:
    """The first day that counts: 1 January, or the day of the VA where it comes later (« à confirmer », S: « une fois
    l'installation du logiciel Ségur réalisée »)."""
    return max(date(year, 1, 1), ready_on)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
