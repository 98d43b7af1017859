"""Summer time in Paris as plain bounds: exact, and much quicker than a conversion for each row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from portal.common.clock import PARIS


def _summers(first: int, last: int) -> list[tuple[datetime, datetime]]:
    """Each summer time that touches the years, ``[start, end)`` in UTC, from the zone's own rules."""
    found, start = [], None
    hour = datetime(first - 1, 12, 31, tzinfo=UTC)
    while hour.year <= last + 1:
        summer = hour.astimezone(PARIS).utcoffset() == timedelta(hours=2)
        if summer and start is None:
            start = hour
        elif not summer and start is not None:
            found.append((start, hour))
            start = None
        hour += timedelta(hours=1)
    return found


def paris_hours(first: int, last: int) -> str:
    """SQL: whether the UTC instant ``at``, of these years, is in summer time (two hours ahead instead of one)."""
    form = "%Y-%m-%d %H:%M:%S"
    bounds = [f"(ts >= '{a.strftime(form)}' AND ts < '{b.strftime(form)}')" for a, b in _summers(first, last)]
    return "(" + " OR ".join(bounds) + ")"
