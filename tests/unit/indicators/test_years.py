"""When a year closes, and who may freeze it or set an indicator aside."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.domain.lifecycle import FREEZE, NEUTRALISE
from indicators.domain.years import (
    Closing,
    DecisionFacts,
    Stage,
    closing_of,
    closings_from,
    guard_decide,
    guard_propose,
    manifest,
    stage_of,
)
from tests.unit.indicators.test_measures import CATALOGUE

CLOSINGS = closings_from(CATALOGUE)
OF_2023 = closing_of(CLOSINGS, 2023)


@pytest.mark.parametrize(
    ("today", "frozen", "stage"),
    [
        (date(2023, 12, 31), False, Stage.PROVISIONAL),
        (date(2024, 2, 26), False, Stage.PROVISIONAL),
        (date(2024, 2, 27), False, Stage.CLOSED),
        (date(2024, 2, 27), True, Stage.FROZEN),
    ],
)
def test_the_last_day_of_declaration_is_still_provisional(today: date, frozen: bool, stage: Stage) -> None:
    assert stage_of(OF_2023, today, frozen=frozen) == stage


@pytest.mark.parametrize(("year", "last"), [(2027, date(2028, 2, 29)), (2026, date(2027, 2, 28))])
def test_a_year_that_no_source_closes_ends_with_february(year: int, last: date) -> None:
    found = closing_of(CLOSINGS, year)
    assert (found.last_day, found.sure) == (last, False)
    assert OF_2023.sure


FACTS = DecisionFacts(date(2024, 2, 27), FREEZE, "", frozenset({"DMP", "MSS"}), OF_2023, actor_id=2, proposed_by=1)
ASIDE = replace(FACTS, kind=NEUTRALISE, code="DMP", today=date(2023, 1, 1))


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        (FACTS, []),
        (replace(FACTS, today=OF_2023.last_day), ["not_closed"]),
        (replace(FACTS, actor_id=1), ["same_person"]),
        (replace(FACTS, actor_id=None, proposed_by=None), []),
        (ASIDE, []),
        (replace(ASIDE, code="EPRESC"), ["unknown_indicator"]),
        (replace(ASIDE, code=""), ["unknown_indicator"]),
    ],
)
def test_who_may_decide_what(facts: DecisionFacts, codes: list[str]) -> None:
    assert [one.code for one in guard_decide(facts)] == codes


def test_a_decision_is_proposed_once() -> None:
    assert [one.code for one in guard_propose(replace(FACTS, standing=True))] == ["already"]
    assert guard_propose(replace(FACTS, actor_id=1)) == [], "whoever proposes is not yet refused"


ROWS = [("a", "DMP", 1, 1, "d" * 64, "i" * 64), ("b", "DMP", 1, 2, "d" * 64, "j" * 64), ("b", "MSS", 1, 1, "e", "k")]


@settings(max_examples=10)
@given(st.permutations(ROWS))
def test_the_manifest_knows_no_order_but_every_value(rows: list[tuple[str, str, int, int, str, str]]) -> None:
    pinned = manifest(ROWS)
    assert manifest(rows) == pinned
    for index, row in enumerate(ROWS):
        for place in range(len(row)):
            other = [*row]
            other[place] = 9 if isinstance(row[place], int) else "other"
            changed: list[Any] = [*ROWS[:index], tuple(other), *ROWS[index + 1 :]]
            assert manifest(changed) != pinned


def test_a_closing_is_said_as_it_is() -> None:
    assert CLOSINGS[1] == Closing(2023, date(2024, 2, 26), True, "WIP")
