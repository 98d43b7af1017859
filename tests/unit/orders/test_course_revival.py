"""What a later version of the rules brings back, and what time does whatever the events (properties)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.domain.course import Due, Stays, due, moved, revival, settled
from orders.domain.reasons import BY_DATE
from portal.registry.domain.referencing import Change, Status
from tests.unit.orders.courses import (
    BOOK,
    LIMIT,
    SECOND,
    SIGNED,
    at,
    conditional,
    extended,
    firm,
    step,
)
from tests.unit.orders.facts import RULES, paris

NEW_CLOSING = paris(2023, 9, 20, 14)
LATER_BOOK = BOOK.with_next(extended(va=NEW_CLOSING))
JUNE = paris(2023, 6, 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "revive_firm"),
        ({"affirmed": True, "conditional": True}, "revive_affirmed"),
        ({"rival": True}, "engaged_elsewhere"),
        ({"pharmacy_closed": True}, "pharmacy_closed"),
        ({"end_reason": "withdrawn"}, "other_cause"),
        ({"end_reason": "fraud", "state": "cancelled"}, "other_cause"),
    ],
)
def test_only_what_a_date_alone_ended_comes_back(changes: dict[str, Any], code: str) -> None:
    lapsed = replace(firm(at(Status.REFERENCED, paris(2022, 10, 3))), state="lapsed", end_reason="closing")
    found = revival(replace(lapsed, **changes), LATER_BOOK, JUNE)
    assert (found.verb if isinstance(found, Due) else found.code) == code


@pytest.mark.parametrize(
    ("now", "back"), [(paris(2023, 9, 21) - SECOND, True), (paris(2023, 9, 21), False), (paris(2023, 9, 22), False)]
)
def test_a_date_that_has_passed_too_revives_nothing(now: datetime, back: bool) -> None:
    lapsed = replace(firm(), state="lapsed", end_reason="closing")
    found = revival(lapsed, LATER_BOOK, now)
    assert isinstance(found, Due) is back
    if isinstance(found, Stays):
        assert found.code == "still_late" and "clôture" in found.message


def test_the_same_rules_revive_nothing() -> None:
    lapsed = replace(conditional(), state="lapsed", end_reason="conditional_limit")
    assert isinstance(revival(lapsed, BOOK, LIMIT + SECOND), Stays)


def test_a_longer_window_affirms_what_was_complete_within_it() -> None:
    longer = replace(RULES, version=2, conditional=replace(RULES.conditional, limit_days=200))
    complete, referenced = LIMIT + timedelta(days=5), LIMIT + timedelta(days=9)
    lapsed = replace(
        conditional(at(Status.COMPLETE, complete), at(Status.REFERENCED, referenced)),
        state="lapsed",
        end_reason="conditional_limit",
    )
    book, now = BOOK.with_next(longer), referenced + SECOND
    back = revival(lapsed, book, now)
    assert isinstance(back, Due) and back.verb == "revive_conditional"
    assert [s.verb for s in settled(moved(lapsed, back), book, now)] == ["affirm"]


def test_a_reach_leaves_earlier_acts_alone() -> None:
    shorter = replace(
        RULES, version=2, applies_from=paris(2022, 12, 1), conditional=replace(RULES.conditional, limit_days=10)
    )
    book = BOOK.with_next(shorter)
    assert step(conditional(), paris(2023, 1, 1), book) is None
    late = replace(conditional(), counts_from=paris(2022, 12, 1))
    assert step(late, paris(2022, 12, 12), book) == ("lapse", "conditional_limit")


EVENTS = st.lists(st.tuples(st.sampled_from(list(Status)), st.integers(0, 300), st.integers(0, 20)), max_size=6).map(
    lambda rows: tuple(at(s, SIGNED + timedelta(days=d), SIGNED + timedelta(days=d + r)) for s, d, r in rows)
)


@given(changes=EVENTS, day=st.integers(0, 400), again=st.integers(0, 30), conditionally=st.booleans())
def test_settling_twice_is_settling_once(
    changes: tuple[Change, ...], day: int, again: int, conditionally: bool
) -> None:
    course = conditional(*changes) if conditionally else firm(*changes)
    now = SIGNED + timedelta(days=day)
    for one in settled(course, BOOK, now):
        assert one.since <= now
        course = moved(course, one)
    assert due(course, BOOK, now) is None
    if course.state == "lapsed":
        # Whatever the same rules ended, they do not bring back.
        assert isinstance(revival(course, BOOK, now), Stays)
        assert not settled(course, BOOK, now + timedelta(days=again))


@given(changes=EVENTS, days=st.integers(121, 250), day=st.integers(0, 400))
def test_lapse_then_revival_then_lapse_is_the_last_rule_applied_once(
    changes: tuple[Change, ...], days: int, day: int
) -> None:
    now = SIGNED + timedelta(days=day)
    longer = BOOK.with_next(replace(RULES, version=2, conditional=replace(RULES.conditional, limit_days=days)))
    course = conditional(*changes)
    for one in settled(course, BOOK, now):
        course = moved(course, one)
    if course.state == "lapsed" and isinstance(back := revival(course, longer, now), Due):
        course = moved(course, back)
    for one in settled(course, longer, now):
        course = moved(course, one)
    once = conditional(*changes)
    for one in settled(once, longer, now):
        once = moved(once, one)
    assert course.state == once.state
    if once.state == "lapsed" and once.end_reason not in BY_DATE:
        # Ended by a date first, it would now end by a decision: no later date brings it back either.
        assert isinstance(revival(course, longer, now), Stays)
