"""When reminders fall due, to whom, and which were never to be sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from orders.domain.deadlines import PHARMACY, SUPPLIER, Deadline, Kind, Rule
from portal.reminders.domain.cadence import CADENCES, OFFSETS, Parties, fingerprint, remind_at, wanted
from tests.unit.orders.facts import paris

EDITOR, SELLER, SHOP = UUID(int=1), UUID(int=2), UUID(int=3)
PARTIES = Parties((EDITOR, SELLER), (SHOP,))
LONG_AGO = paris(2022, 1, 1)


def due(at: datetime, kind: Kind = Kind.INSTALLATION, owner: str = SUPPLIER, since: datetime = LONG_AGO) -> Deadline:
    return Deadline(kind, "x", at, since, owner, (), Rule("essai", "C"), "essai")


def test_every_kind_has_its_cadence_within_the_known_offsets() -> None:
    assert set(CADENCES) == set(Kind)
    for cadence in CADENCES.values():
        assert cadence.acts and set(cadence.acts) | set(cadence.follows) <= set(OFFSETS)
        assert list(cadence.acts) == sorted(cadence.acts, reverse=True)


@pytest.mark.parametrize(
    ("at", "offset", "expected"),
    [
        (paris(2023, 4, 28, 14), 0, paris(2023, 4, 28, 7)),
        (paris(2023, 4, 28, 14), 60, paris(2023, 2, 27, 7)),  # over the start of summer time
        (paris(2022, 10, 31), 0, paris(2022, 10, 30, 7)),  # midnight: the last day is the 25-hour one
        (paris(2022, 10, 31), 2, paris(2022, 10, 28, 7)),
        (paris(2023, 3, 27), 0, paris(2023, 3, 26, 7)),  # the 23-hour day
        (paris(2024, 3, 1), 0, paris(2024, 2, 29, 7)),
        (paris(2024, 3, 15, 14), 15, paris(2024, 2, 29, 7)),
        (paris(2023, 3, 15, 14), 15, paris(2023, 2, 28, 7)),
        (paris(2023, 1, 1), 0, paris(2022, 12, 31, 7)),
        (paris(2023, 1, 6, 9), 7, paris(2022, 12, 30, 7)),
    ],
)
def test_the_hour_of_a_reminder(at: datetime, offset: int, expected: datetime) -> None:
    assert remind_at(due(at), offset) == expected


def test_who_acts_is_reminded_more_than_who_follows() -> None:
    rows = wanted(due(paris(2023, 4, 28, 14)), PARTIES)
    assert [row.offset for row in rows if row.organisation == EDITOR] == [60, 30, 15, 7, 2, 0]
    assert [row.offset for row in rows if row.organisation == SELLER] == [60, 30, 15, 7, 2, 0]
    assert [row.offset for row in rows if row.organisation == SHOP] == [30, 7]
    signature = wanted(due(paris(2022, 12, 1), Kind.SIGNATURE, PHARMACY), PARTIES)
    assert [row.offset for row in signature if row.organisation == SHOP] == [15, 7, 2, 0]
    assert [row.offset for row in signature if row.organisation == EDITOR] == [7, 2]


@pytest.mark.parametrize(("shift", "offsets"), [(-1, [15, 7, 2, 0]), (0, [15, 7, 2, 0]), (1, [7, 2, 0])])
def test_what_came_before_the_deadline_arose_was_never_to_be_sent(shift: int, offsets: list[int]) -> None:
    at = paris(2023, 4, 28, 14)
    since = remind_at(due(at), 15) + timedelta(seconds=shift)
    rows = wanted(due(at, since=since), Parties(supplier=(EDITOR,)))
    assert [row.offset for row in rows] == offsets


def test_a_pharmacy_without_people_is_not_written_to() -> None:
    assert wanted(due(paris(2023, 4, 28, 14), Kind.SIGNATURE, PHARMACY), Parties()) == []


def test_the_fingerprint_tells_any_change() -> None:
    first = due(paris(2023, 4, 28, 14))
    plan = wanted(first, PARTIES)
    changed = [
        fingerprint(replace(first, due_at=first.due_at + timedelta(seconds=1)), plan),
        fingerprint(replace(first, owner=PHARMACY), plan),
        fingerprint(first, plan[1:]),
        fingerprint(first, [replace(plan[0], organisation=SHOP), *plan[1:]]),
    ]
    assert fingerprint(first, list(plan)) == fingerprint(first, plan)
    assert len({fingerprint(first, plan), *changed}) == 5
