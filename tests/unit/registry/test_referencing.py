"""Which status held at an instant, by what was known at another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.registry.domain.referencing import (
    OVER,
    STATUS_LABELS,
    Change,
    Status,
    dossier_complete_at,
    first_instant,
    status_at,
)

SECOND = timedelta(seconds=1)


def day(number: int) -> datetime:
    return datetime(2022, 10, number, tzinfo=UTC)


# Complete on the 3rd and told on the 3rd; référencé on the 10th, told on the 12th; withdrawn as of the 11th, told on the 20th.
HISTORY = [
    Change(Status.WITHDRAWN, day(11), day(20)),
    Change(Status.COMPLETE, day(3), day(3)),
    Change(Status.REFERENCED, day(10), day(12)),
]


@pytest.mark.parametrize(
    ("act", "known", "status"),
    [
        (day(1), day(30), Status.ANNOUNCED),
        (day(3) - SECOND, day(30), Status.ANNOUNCED),
        (day(3), day(3), Status.COMPLETE),
        (day(3), day(3) - SECOND, Status.ANNOUNCED),
        (day(10) - SECOND, day(30), Status.COMPLETE),
        (day(10), day(12) - SECOND, Status.COMPLETE),
        (day(10), day(12), Status.REFERENCED),
        (day(11) - SECOND, day(30), Status.REFERENCED),
        (day(11), day(20) - SECOND, Status.REFERENCED),
        (day(11), day(20), Status.WITHDRAWN),
    ],
)
def test_status_at(act: datetime, known: datetime, status: Status) -> None:
    assert status_at(HISTORY, act, known) is status


def test_the_later_told_of_two_at_one_instant_counts() -> None:
    corrected = [Change(Status.REFUSED, day(5), day(7)), Change(Status.REFERENCED, day(5), day(6))]
    assert status_at(corrected, day(8), day(8)) is Status.REFUSED
    assert status_at(corrected, day(8), day(6)) is Status.REFERENCED


def test_first_instant() -> None:
    twice = [*HISTORY, Change(Status.COMPLETE, day(2), day(21))]
    assert first_instant(twice, Status.COMPLETE, day(20)) == day(3)
    assert first_instant(twice, Status.COMPLETE, day(21)) == day(2)
    assert first_instant(HISTORY, Status.COMPLETE, day(3) - SECOND) is None
    assert first_instant([], Status.COMPLETE, day(30)) is None


instants = st.integers(1, 28).map(day)
changes = st.lists(st.builds(Change, st.sampled_from(Status), instants, instants))


@given(changes, instants, instants)
def test_what_is_told_later_or_holds_later_changes_nothing(
    history: list[Change], act: datetime, known: datetime
) -> None:
    seen = [c for c in history if c.recorded_at <= known and c.effective_at <= act]
    assert status_at(history, act, known) is status_at(seen, act, known)


def test_every_status_has_its_word() -> None:
    assert set(STATUS_LABELS) == set(Status)


@pytest.mark.parametrize("over", OVER)
def test_what_was_complete_before_a_dossier_ended_counts_for_no_later_one(over: Status) -> None:
    ended = [Change(Status.COMPLETE, day(2), day(2)), Change(over, day(5), day(5))]
    assert dossier_complete_at(ended, day(4)) == day(2)
    assert dossier_complete_at(ended, day(5)) is None
    again = [*ended, Change(Status.COMPLETE, day(9), day(9))]
    assert dossier_complete_at(again, day(9) - SECOND) is None
    assert dossier_complete_at(again, day(9)) == day(9)


def test_a_referencing_alone_says_that_its_dossier_was_complete() -> None:
    assert dossier_complete_at([Change(Status.REFERENCED, day(7), day(7))], day(8)) == day(7)
    both = [Change(Status.REFERENCED, day(7), day(7)), Change(Status.COMPLETE, day(3), day(8))]
    assert dossier_complete_at(both, day(7)) == day(7) and dossier_complete_at(both, day(8)) == day(3)
