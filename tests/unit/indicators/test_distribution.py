"""How rates are spread, which departments, who is just below."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.charts import HEIGHT, WIDTH, histogram
from indicators.domain.distribution import Place, by_department, just_below, spread
from indicators.domain.measures import State


def place(finess: str, rate: str | None, missing: int | None = None, **more: object) -> Place:
    cells: dict[str, object] = {"numerator": 1, "denominator": 2, "state": State.BELOW, "amount": None}
    cells |= {"name": f"Pharmacie {finess}", "city": "Rennes", "department": finess[:2]}
    given = Decimal(rate) if rate is not None else None
    return Place(finess=finess, rate=given, missing=missing, **cells | more)  # type: ignore[arg-type]


def test_the_edges_of_the_steps() -> None:
    places = [place("1", rate) for rate in ("0", "4.99", "5", "34.99", "35", "99.99", "100")] + [place("2", None)]
    assert {(step.low, step.count) for step in spread(places) if step.count} == {
        (0, 2),
        (5, 1),
        (30, 1),
        (35, 1),
        (95, 2),
    }


@settings(max_examples=20)
@given(st.lists(st.decimals(0, 100, places=2), max_size=30))
def test_every_rate_is_in_one_step(rates: list[Decimal]) -> None:
    steps = spread(place("1", str(rate)) for rate in rates)
    assert sum(step.count for step in steps) == len(rates) and len(steps) == 20


def test_departments_add_up_and_the_rate_is_of_all_that_was_counted() -> None:
    found = by_department(
        [
            place("350000001", "50", 3, numerator=1, denominator=2),
            place("350000002", "100", 0, numerator=1, denominator=1, state=State.REACHED),
            place("2A0000003", None, None, numerator=0, denominator=0, state=State.WAITING),
        ]
    )
    assert [(one.code, one.places, one.rated, one.reached, one.rate, one.share) for one in found] == [
        ("2A", 1, 0, 0, None, 0),
        ("35", 2, 2, 1, Decimal("66.66"), 50),
    ]


def test_who_misses_the_fewest_comes_first() -> None:
    places = [
        place("1", "20", 30),
        place("2", "34", 2, state=State.INCOMPLETE),
        place("3", "34.5", 2),
        place("4", "40", 0, state=State.REACHED),
        place("5", None, None, state=State.WAITING),
        place("6", "10", 5, state=State.NEUTRALISED),
    ]
    assert [one.finess for one in just_below(places)] == ["3", "2", "1"]


@settings(max_examples=20)
@given(st.lists(st.integers(0, 9_000), max_size=101))
def test_the_columns_stay_in_the_drawing(counts: list[int]) -> None:
    for column, count in zip(histogram(counts), counts, strict=True):
        assert 0 <= column.x < column.x + column.width <= WIDTH and column.y + column.height == HEIGHT
        assert (column.height > 0) is (count > 0)
