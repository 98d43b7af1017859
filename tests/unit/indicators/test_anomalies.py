"""What is odd enough for a question, one step below what is not; and that it is asked as a question."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from indicators.domain.anomalies import (
    Burst,
    Finish,
    Life,
    Oddity,
    Series,
    just_reached_in_december,
    one_second,
    outside_life,
    question,
    twins,
)
from tests.unit.indicators.test_measures import named

MARCH = date(2023, 3, 1)
SERIES = Series("a", "s", MARCH, "d", 10, 50)


@pytest.mark.parametrize(
    ("other", "asked"),
    [
        ({"place": "b"}, True),
        ({"place": "b", "supplier": "t"}, True),
        ({"place": "a", "supplier": "t"}, False),
        ({"place": "b", "digest": "e"}, False),
        ({"place": "b", "month": date(2023, 4, 1)}, False),
        ({"place": "b", "days": 9}, False),
        ({"place": "b", "events": 49}, False),
    ],
)
def test_two_pharmacies_with_the_same_month(other: dict[str, object], asked: bool) -> None:
    assert bool(twins([SERIES, replace(SERIES, **other)])) is asked  # type: ignore[arg-type]


def test_a_group_asks_each_about_the_next_whatever_the_order() -> None:
    group = [replace(SERIES, place=place) for place in ("c", "a", "b")]
    found = twins(group)
    assert [(one.place, one.other) for one in found] == [("a", "b"), ("b", "c")]
    assert [one.digest for one in found] == [one.digest for one in twins(group[::-1])]


LIFE = Life("a", "s", 2023, date(2023, 3, 10), date(2023, 6, 1), date(2023, 3, 10), date(2023, 6, 1))


@pytest.mark.parametrize(
    ("life", "facts"),
    [
        ({}, set()),
        ({"first": date(2023, 3, 9)}, {"first", "installed"}),
        ({"first": date(2023, 3, 9), "installed": None}, set()),
        ({"first": None}, set()),
        ({"last": date(2023, 6, 2)}, {"last", "closed"}),
        ({"last": date(2023, 6, 2), "closed": None}, set()),
        ({"first": date(2023, 3, 9), "last": date(2023, 6, 2)}, {"first", "installed", "last", "closed"}),
    ],
)
def test_activity_outside_the_life_of_the_software_or_the_pharmacy(life: dict[str, object], facts: set[str]) -> None:
    found = outside_life([replace(LIFE, **life)])  # type: ignore[arg-type]
    assert {name for one in found for name in one.facts} == facts


FINISH = Finish("a", "s", 2023, (30, 90), (35, 100))


@pytest.mark.parametrize(
    ("finish", "asked"),
    [
        ({}, True),
        ({"december": (36, 100)}, False),
        ({"december": (34, 100)}, False),
        ({"november": (35, 100)}, False),
        ({"november": (0, 0), "december": (0, 0)}, False),
        ({"november": (0, 0)}, True),
        ({"november": (0, 90)}, True),
        ({"november": (0, 0), "december": (36, 100)}, False),
        ({"december": (36, 102)}, True),
    ],
)
def test_a_threshold_reached_with_nothing_to_spare_in_december(finish: dict[str, object], asked: bool) -> None:
    found = just_reached_in_december(named("epresc-1"), [replace(FINISH, **finish)])  # type: ignore[arg-type]
    assert bool(found) is asked


def test_nothing_in_november_is_said_as_such() -> None:
    [asked] = just_reached_in_december(named("epresc-1"), [replace(FINISH, november=(0, 0))])
    words = question(asked.kind, asked.facts, "Pharmacie A")
    assert "ne comptait rien fin novembre" in words and "35 sur 100" in words and "0 sur 0" not in words


def test_no_threshold_no_question() -> None:
    assert just_reached_in_december(replace(named("epresc-1"), percent=None), [FINISH]) == []
    assert just_reached_in_december(replace(named("epresc-1"), percent=Decimal(34)), [FINISH]) == []


@pytest.mark.parametrize(
    ("events", "total", "asked"), [(20, 20, True), (20, 22, True), (20, 23, False), (19, 19, False), (90, 100, True)]
)
def test_everything_in_one_second(events: int, total: int, asked: bool) -> None:
    assert bool(one_second([Burst("a", "s", MARCH, events, total)])) is asked


def every() -> list[Oddity]:
    """One of each kind."""
    return [
        *twins([SERIES, replace(SERIES, place="b")]),
        *outside_life([replace(LIFE, first=date(2023, 3, 9), last=date(2023, 6, 2))]),
        *just_reached_in_december(named("epresc-1"), [FINISH]),
        *one_second([Burst("a", "s", MARCH, 20, 20)]),
    ]


def test_each_is_a_question_that_names_the_pharmacy_and_accuses_nobody() -> None:
    for one in every():
        words = question(one.kind, one.facts, "Pharmacie A", "Pharmacie B")
        assert words.endswith("?") and "Pharmacie A" in words
        assert not {"fraude", "anomalie", "erreur", "faux"} & set(words.lower().split())
    assert len({one.kind for one in every()}) == 4 and len({one.digest for one in every()}) == 4
