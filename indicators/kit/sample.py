"""Made-up activity logs: same seed, same bytes. With faults, every code of a rejected line may be met."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

from indicators.domain.log_format import COLUMNS, COMMON, FIELDS, HEADER, MAX_LINE
from portal.common.clock import PARIS

_OFFSETS = ("Z", "+01:00", "+02:00", "-04:00")
_FAULT_SHARE = 0.1


def sample_lines(
    *, seed: int, pharmacies: Sequence[str], months: Sequence[date], events: int, faults: bool
) -> Iterator[str]:
    """The lines of a CSV log, header first: ``events`` by pharmacy and month, some revised, cancelled or said twice."""
    random = Random(seed)  # noqa: S311  (made-up data)
    yield HEADER
    said: list[list[str]] = []
    for finess in pharmacies:
        for month in months:
            for _ in range(events):
                row = _event(random, finess, month)
                said.append(row)
                yield ";".join(row)
                yield from _again(random, said, months)
                if faults and random.random() < _FAULT_SHARE:
                    yield _spoilt(random, row)
    if faults:
        yield from _at_the_end(random, said)


def _event(random: Random, finess: str, month: date) -> list[str]:
    kind = random.choice(list(FIELDS))
    own = [random.choice(FIELDS[kind][c]) if c in FIELDS[kind] else "" for c in COLUMNS[COMMON:]]
    identity = str(UUID(int=random.getrandbits(128), version=4))
    return [identity, "1", "active", finess, _instant(random, month), kind, f"op{random.randrange(4)}", *own]


def _instant(random: Random, month: date) -> str:
    start = datetime(month.year, month.month, 1, tzinfo=PARIS).astimezone(UTC)
    at = start + timedelta(seconds=random.randrange(28 * 86_400))
    offset = random.choice(_OFFSETS)
    hours = 0 if offset == "Z" else int(offset[:3])
    return (at + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S") + offset


def _again(random: Random, said: list[list[str]], months: Sequence[date]) -> Iterator[str]:
    """Sometimes an earlier event is said again, revised or cancelled."""
    draw = random.random()
    row = random.choice(said)
    if draw < 0.05:
        yield ";".join(row)
    elif draw < 0.15:
        other = _event(random, row[3], random.choice(months))
        other[0], other[1] = row[0], str(int(row[1]) + 1)
        other[2] = random.choice(("active", "cancelled"))
        said[said.index(row)] = other
        yield ";".join(other)


def _spoilt(random: Random, row: list[str]) -> str:
    """A line with one fault, of an event of its own."""
    bad = [str(UUID(int=random.getrandbits(128), version=4)), *row[1:]]
    column, value = random.choice(_FAULTS)
    if column == "cells":
        return ";".join(bad) + value
    bad[COLUMNS.index(column)] = value
    return ";".join(bad)


def _at_the_end(random: Random, said: list[list[str]]) -> Iterator[str]:
    """Once each: a revision said a second time with other content, and a line past the bound."""
    user = COLUMNS.index("user_ref")
    for row, other in ((random.choice(said), "autre"), (random.choice(said), "x" * MAX_LINE)):
        yield ";".join([*row[:user], other, *row[user + 1 :]])


_FAULTS = (
    ("cells", ";"),
    ("event_id", "123"),
    ("revision", "0"),
    ("revision", "40000"),
    ("status", "deleted"),
    ("finess", "35000"),
    ("finess", "999999999"),
    ("occurred_at", "2023-02-30T10:00:00Z"),
    ("occurred_at", "2023-02-03T24:00:00Z"),
    ("occurred_at", "2023-02-03T10:00:00"),
    ("occurred_at", "2099-01-01T10:00:00Z"),
    ("occurred_at", "2021-12-31T22:59:59Z"),
    ("type", "vaccination"),
    ("user_ref", "Jean Martin"),
    ("insi_outcome", "maybe"),
    ("mss_exchange", ""),
    ("apcv", ""),
    ("apcv", "2"),
)
