"""Which version judges an act: half-open on both axes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.programmes.domain.book import Book, known
from portal.programmes.domain.ruleset import RuleSet
from tests.unit.programmes.catalogue import rules

START = datetime(2022, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
RULES = rules()


@dataclass(frozen=True)
class Version:
    """A version as its row dates it."""

    known_from: datetime
    applies_from: datetime | None = None


def judging(versions: list[Version], act_at: datetime, known_at: datetime) -> Version:
    """The version that judges, found as the selectors do."""
    ordered = sorted(versions, key=lambda version: version.known_from)
    seen = known(ordered, known_at)
    book = Book(tuple(replace(RULES, version=n, applies_from=v.applies_from) for n, v in enumerate(seen)))
    found: RuleSet = book.at(act_at)
    return seen[found.version]


days = st.integers(min_value=0, max_value=60)
versions = st.lists(
    st.builds(
        lambda since, reach: Version(
            START + timedelta(days=since), None if reach is None else START + timedelta(days=reach)
        ),
        days,
        st.none() | days,
    ),
    max_size=6,
    unique_by=lambda version: version.known_from,
)

FIRST = Version(START - SECOND)
KNOWN = START + timedelta(days=30)
REACH = START + timedelta(days=10)


@pytest.mark.parametrize(
    ("act", "known_at", "expected"),
    [
        (REACH, KNOWN - SECOND, 1),
        (REACH, KNOWN, 2),
        (REACH, KNOWN + SECOND, 2),
        (REACH - SECOND, KNOWN, 1),
        (REACH + SECOND, KNOWN, 2),
        (REACH, START - 2 * SECOND, 1),
        (START - 2 * SECOND, START - 2 * SECOND, 1),
    ],
)
def test_borders(act: datetime, known_at: datetime, expected: int) -> None:
    second = Version(KNOWN, REACH)
    assert judging([second, FIRST], act, known_at) is (second if expected == 2 else FIRST)


@given(versions, days, days)
def test_it_is_the_last_known_that_reaches(later: list[Version], act: int, at: int) -> None:
    act_at, known_at = START + timedelta(days=act), START + timedelta(days=at)
    found = judging([FIRST, *later], act_at, known_at)
    fit = [v for v in later if v.known_from <= known_at and (v.applies_from is None or v.applies_from <= act_at)]
    assert found == max(fit, key=lambda v: v.known_from, default=FIRST)


@given(versions, days, days, days)
def test_what_is_known_later_changes_nothing_known_before(later: list[Version], act: int, at: int, gap: int) -> None:
    act_at, known_at = START + timedelta(days=act), START + timedelta(days=at)
    added = Version(known_at + timedelta(days=1 + gap, hours=1))
    assert judging([FIRST, *later, added], act_at, known_at) == judging([FIRST, *later], act_at, known_at)


@given(versions, days)
def test_a_reach_never_judges_an_earlier_act(later: list[Version], at: int) -> None:
    for act in range(61):
        act_at = START + timedelta(days=act)
        found = judging([FIRST, *later], act_at, START + timedelta(days=at))
        assert found.applies_from is None or found.applies_from <= act_at
