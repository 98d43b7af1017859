"""Summer time in Paris as plain bounds: exact, and much quicker than a conversion for each row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from portal.common.clock import PARIS


def _summers(first: int, last: int) -> list[tuple[datetime, datetime]]:
    """Each summer time of these years, ``[start, end)`` in UTC, from the zone's own rules."""
    day = datetime(first, 1, 1, tzinfo=UTC)
    found, start = [], day if _is_summer(day) else None
    while day.year <= last:
        if _is_summer(day) != _is_summer(day + timedelta(days=1)):
            hours = (day + timedelta(hours=number) for number in range(1, 25))
            change = next(hour for hour in hours if _is_summer(hour) != _is_summer(day))
            if start is None:
                start = change
            else:
                found.append((start, change))
                start = None
        day += timedelta(days=1)
    return [*found, *([(start, day)] if start else [])]


def _is_summer(at: datetime) -> bool:
    return at.astimezone(PARIS).utcoffset() == timedelta(hours=2)


@cache
def paris_hours(first: int, last: int) -> str:
    """SQL: whether the UTC instant ``ts``, of these years, is in summer time (two hours ahead instead of one)."""
    form = "%Y-%m-%d %H:%M:%S"
    bounds = [f"(ts >= '{a.strftime(form)}' AND ts < '{b.strftime(form)}')" for a, b in _summers(first, last)]
    return "(" + " OR ".join(bounds) + ")"
