"""The weekly load: every deadline is counted once, in the week of its last day."""

from __future__ import annotations

from datetime import date

from orders.domain.deadlines import SUPPLIER, Deadline, Kind, Rule
from portal.reminders.charts import WEEKS, WIDTH, weekly_load
from tests.unit.orders.facts import paris

TODAY = date(2022, 11, 15)


def due(year: int, month: int, day: int, hour: int = 0, kind: Kind = Kind.SIGNATURE) -> Deadline:
    at = paris(year, month, day, hour)
    return Deadline(kind, "x", at, at, SUPPLIER, (), Rule("essai", "C"), "essai")


def test_each_in_its_week() -> None:
    load = weekly_load(
        [
            due(2022, 11, 15),  # the last day was the 14th: late
            due(2022, 11, 16),
            due(2022, 11, 21),  # Sunday the 20th is the last day
            due(2022, 11, 21, 9),
            due(2022, 11, 21, kind=Kind.PLANNED),
            due(2023, 1, 2, 9),
            due(2023, 4, 28, 14),
        ],
        TODAY,
    )
    assert (load.late, load.later, len(load.weeks)) == (1, 1, WEEKS)
    assert load.weeks[0].monday == date(2022, 11, 14)
    assert [(w.installations, w.deadlines) for w in load.weeks[:3]] == [(0, 2), (1, 1), (0, 0)]
    assert load.weeks[7].monday == date(2023, 1, 2) and load.weeks[7].deadlines == 1


def test_bars_stay_in_the_drawing() -> None:
    load = weekly_load([due(2022, 11, 16)] * 9_000 + [due(2022, 11, 24)], TODAY)
    assert load.weeks[0].deadlines_x < WIDTH and load.weeks[1].deadlines_width == 1
    assert weekly_load([], TODAY).weeks[0].deadlines_width == 0
    assert load.weeks[-1].second_y + load.bar_height <= load.height
