"""Which months are awaited, from when uses count, and that no comparison of these windows is there for nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from types import ModuleType

import pytest

from indicators.domain import tally
from indicators.domain.counters import COUNTERS
from tests.unit.indicators.flips import comparisons, flipped
from tests.unit.indicators.test_measures import MEASURES

JUNE, WHOLE = date(2023, 6, 15), list(range(1, 13))
READY = date(2022, 11, 5)
Window = tuple[date | None, date | None, date, tuple[int, ...], list[int]]
"""First day that counts, last day awaited, today, months received, months missing."""
WINDOWS: list[Window] = [
    (None, None, JUNE, (), []),
    (READY, None, JUNE, (), [1, 2, 3, 4, 5]),
    (READY, None, JUNE, (2, 4), [1, 3, 5]),
    (READY, None, date(2023, 5, 31), (), [1, 2, 3, 4]),
    (READY, None, date(2023, 6, 1), (), [1, 2, 3, 4, 5]),
    (READY, None, date(2024, 3, 15), (), WHOLE),
    (READY, None, date(2022, 12, 31), (), []),
    (date(2023, 3, 31), None, JUNE, (), [3, 4, 5]),
    (date(2023, 12, 1), None, date(2024, 1, 1), (), [12]),
    (date(2024, 1, 1), None, date(2024, 6, 1), (), []),
    (READY, date(2023, 3, 1), JUNE, (1,), [2, 3]),
    (READY, date(2023, 3, 31), JUNE, (), [1, 2, 3]),
    (READY, date(2022, 12, 31), JUNE, (), []),
    (READY, date(2024, 2, 1), JUNE, (), [1, 2, 3, 4, 5]),
    (READY, date(2023, 6, 10), JUNE, (), [1, 2, 3, 4, 5]),
]


def missing(of: ModuleType, window: Window) -> list[int]:
    """The months of 2023 that are missing."""
    ready_on, last, today, received, _ = window
    months = {date(2023, month, 1) for month in received}
    found = of.missing_months(of.Year(2023, {}, {}, ready_on, months, last), today)
    assert all(month.startswith("2023-") for month in found)
    return [int(month[5:]) for month in found]


@pytest.mark.parametrize("window", WINDOWS)
def test_the_months_missing(window: Window) -> None:
    assert missing(tally, window) == window[-1]


ENDS: list[tuple[date | None, date | None, date | None]] = [
    (None, None, None),
    (JUNE, None, JUNE),
    (None, JUNE, JUNE),
    (JUNE, READY, READY),
    (READY, JUNE, READY),
]


@pytest.mark.parametrize(("closed_on", "ordered_until", "last"), ENDS)
def test_nothing_is_awaited_past_the_closing_or_the_last_order(
    closed_on: date | None, ordered_until: date | None, last: date | None
) -> None:
    assert tally.ends_on(closed_on, ordered_until) == last


def _seen(mutant: ModuleType) -> Iterable[bool]:
    yield from (missing(mutant, window) != window[-1] for window in WINDOWS)
    yield from (mutant.ends_on(one, other) != last for one, other, last in ENDS)


@pytest.mark.parametrize("place", comparisons(tally), ids=str)
def test_a_flipped_comparison_is_seen(place: tuple[int, int, int]) -> None:
    with flipped(tally, place) as mutant:
        assert _breaks_or(mutant)


def _breaks_or(mutant: ModuleType) -> bool:
    try:
        return any(_seen(mutant))
    except (TypeError, AttributeError):
        return True


def test_the_first_day_that_counts() -> None:
    assert tally.counts_from(2023, READY) == date(2023, 1, 1)
    assert tally.counts_from(2023, date(2023, 1, 2)) == date(2023, 1, 2)


def test_each_measure_judges_the_counters_that_it_names_and_no_other() -> None:
    counted = {name: number for number, name in enumerate(sorted(COUNTERS), start=1)}
    whole = {name: number + 100 for name, number in counted.items()}
    for measure in MEASURES:
        if not measure.denominator:
            continue
        counted[measure.denominator] = whole[measure.denominator] = 1_000
        facts = tally.facts_of(measure, tally.Year(2023, whole, counted, READY, set()), JUNE)
        assert (facts.numerator, facts.denominator) == (counted[measure.numerator], 1_000)
        assert facts.raw == (whole[measure.numerator], 1_000)
        counted = {name: number for number, name in enumerate(sorted(COUNTERS), start=1)}
        whole = {name: number + 100 for name, number in counted.items()}
