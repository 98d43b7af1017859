"""Since when and until when a supplier may speak for a pharmacy, from its signed orders.

« À confirmer » with the programme: from 1 January of the year of the signature, through the day (Paris) on which the
order is replaced, cancelled or lapses.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from portal.common.clock import end_of_paris_day, paris_date, start_of_paris_day

Spans = list[list[str | None]]
_FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
_FORM = "%Y-%m-%d %H:%M:%S"


def spans_of(orders: Iterable[tuple[str, datetime, datetime | None]]) -> dict[str, Spans]:
    """``[from, until or None)`` by FINESS, in UTC, in order and disjoint, of orders (FINESS, signed, ended)."""
    found: dict[str, list[tuple[datetime, datetime]]] = {}
    for finess, signed_at, ended_at in orders:
        since = start_of_paris_day(date(paris_date(signed_at).year, 1, 1))
        until = end_of_paris_day(paris_date(ended_at)) if ended_at else _FOR_EVER
        found.setdefault(finess, []).append((since, until))
    return {finess: [_said(*span) for span in _merged(sorted(spans))] for finess, spans in sorted(found.items())}


def _merged(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for since, until in spans:
        if merged and since <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], until))
        else:
            merged.append((since, until))
    return merged


def _said(since: datetime, until: datetime) -> list[str | None]:
    return [since.strftime(_FORM), None if until == _FOR_EVER else until.strftime(_FORM)]


def as_instants(spans: dict[str, Spans]) -> dict[str, list[tuple[datetime, datetime | None]]]:
    """Spans as they are pinned, as instants."""
    return {
        finess: [(_read(since or ""), _read(until) if until else None) for since, until in listed]
        for finess, listed in spans.items()
    }


def _read(text: str) -> datetime:
    return datetime.strptime(text, _FORM).replace(tzinfo=UTC)
