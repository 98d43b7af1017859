"""The estimate for 31 December, and what is advised."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.domain.advice import Situation, advice
from indicators.domain.measures import State
from indicators.domain.projection import Projection, method, project
from tests.unit.indicators.test_measures import named

READY = date(2022, 11, 5)


def months(*counts: tuple[int, int], first: int = 1) -> dict[date, tuple[int, int]]:
    return {date(2023, first + at, 1): pair for at, pair in enumerate(counts)}


def test_the_months_to_come_resemble_the_last_three() -> None:
    found = project(months((0, 100), (10, 100), (20, 100), (30, 100)), 2023, READY, date(2023, 5, 1))
    # 60 of 400 known; 8 months of 100 at 20 %, at worst 0 %, at best 30 %.
    assert found == Projection(Decimal("18.33"), Decimal("5.00"), Decimal("25.00"), used=4, left=8)
    assert "4 mois entiers" in method(found) and "les 8 mois qui manquent" in method(found)


@pytest.mark.parametrize(
    ("today", "ready", "used"),
    [
        (date(2023, 3, 31), READY, None),
        (date(2023, 4, 1), READY, 3),
        (date(2023, 4, 1), None, None),
        (date(2023, 4, 1), date(2024, 1, 1), None),
        (date(2023, 5, 1), date(2023, 1, 2), 3),
        (date(2023, 4, 1), date(2023, 1, 2), None),
        (date(2023, 4, 1), date(2023, 1, 1), 3),
    ],
)
def test_only_whole_months_since_the_software_counts(today: date, ready: date | None, used: int | None) -> None:
    found = project(months(*[(1, 10)] * 4), 2023, ready, today)
    assert (found.used if found else None) == used


def test_a_whole_year_needs_no_estimate_and_a_missing_month_is_estimated() -> None:
    year = months(*[(1, 10)] * 12)
    assert project(year, 2023, READY, date(2024, 1, 1)) is None
    one = project({k: v for k, v in year.items() if k.month != 3}, 2023, READY, date(2024, 1, 1))
    assert one is not None and (one.used, one.left) == (11, 1) and "le mois qui manque ressemble" in method(one)
    assert project(year | {date(2023, 3, 1): (0, 0)}, 2023, READY, date(2024, 1, 1)) == one


@pytest.mark.parametrize(
    ("ended_on", "left"),
    [(None, 8), (date(2024, 1, 1), 8), (date(2023, 12, 31), 8), (date(2023, 6, 1), 2), (date(2023, 5, 31), 1)],
)
def test_nothing_comes_after_the_end(ended_on: date | None, left: int) -> None:
    found = project(months(*[(1, 10)] * 4), 2023, READY, date(2023, 5, 1), ended_on)
    assert found is not None and found.left == left
    assert project(months(*[(1, 10)] * 4), 2023, READY, date(2023, 5, 1), date(2023, 4, 30)) is None


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(50, 90)), min_size=3, max_size=11))
def test_the_range_holds_the_estimate(counts: list[tuple[int, int]]) -> None:
    found = project(months(*counts), 2023, READY, date(2024, 1, 1))
    assert found is not None and 0 <= found.low <= found.rate <= found.high <= 100


SITUATION = Situation(named("epresc-1"), State.BELOW, 45, (), (), 2023, date(2023, 12, 23))


def test_the_pace_until_the_end_of_the_year() -> None:
    assert "comptez 5\u00a0par jour" in advice(SITUATION)[0]
    assert "comptez 45\u00a0par jour" in advice(replace(SITUATION, today=date(2023, 12, 31)))[0]
    assert "suffit de 9 d’affilée" in advice(replace(SITUATION, ahead=9))[0]
    assert "comptez 2\u00a0par jour" in advice(replace(SITUATION, ahead=10))[0]
    assert "comptez" in advice(replace(SITUATION, ended_on=date(2024, 1, 1)))[0]
    ended = {"ended_on": date(2023, 12, 31)}
    for other in ({"today": date(2024, 1, 1)}, {"state": State.REACHED}, {"ahead": 0}, {"ahead": None}, ended):
        assert advice(replace(SITUATION, **other)) == [SITUATION.measure.advice]


def test_what_is_missing_comes_first_and_nothing_is_advised_for_nothing() -> None:
    waiting = advice(replace(SITUATION, state=State.WAITING, missing=("2023-03", "2023-08")))
    assert "signez la VA" in waiting[0] and "mars 2023, août 2023" in waiting[1]
    assert advice(replace(SITUATION, state=State.NEUTRALISED)) == advice(replace(SITUATION, state=State.OUTSIDE)) == []


@pytest.mark.parametrize(("last", "said"), [("20", True), ("34.99", True), ("30", False), ("35", False), ("31", False)])
def test_a_rate_that_drops_under_the_threshold_is_said(last: str, said: bool) -> None:
    before = {"20": "30", "34.99": "35", "30": "30", "35": "40", "31": "30"}[last]
    rates = [(date(2023, 4, 1), Decimal(before)), (date(2023, 5, 1), Decimal(last))]
    found = advice(replace(SITUATION, ahead=0, rates=rates))
    assert ("baissé en mai" in found[0]) is said
