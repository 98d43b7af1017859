"""Where the absence of a pharmacy means its closing: literal decision tables at each border."""

from __future__ import annotations

import pytest

from portal.registry.domain.finess_closing import ClosingScope, Tally, closing_scope


def scope(*tallies: Tally, older: bool = False, cut: bool = False, unreadable: set[str] | None = None) -> ClosingScope:
    return closing_scope(tallies, older=older, cut=cut, unreadable=unreadable or set())


@pytest.mark.parametrize(
    ("known", "carried", "closes"),
    [
        (100, 99, True),
        (100, 90, True),
        (100, 89, False),
        (100, 0, False),
        (20, 18, True),
        (20, 17, False),
        (10, 9, True),
        (10, 8, False),
        (3, 2, True),
        (3, 1, False),
        (2, 1, True),
        (1, 0, False),
    ],
)
def test_ninety_per_cent_or_all_but_one(known: int, carried: int, closes: bool) -> None:
    found = scope(Tally("01", known, carried))
    assert found.departments == ({"01"} if closes else frozenset())
    assert found.hindrance == ""


def test_each_department_is_judged_alone() -> None:
    found = scope(
        Tally("01", 100, 98),
        Tally("02", 100, 50),
        Tally("2A", 60, 59),
        Tally("69", 400, 0),
        Tally("75", 900, 900),
        Tally("9A", 30, 29),
        unreadable={"2A"},
    )
    assert found.departments == {"01", "9A"}
    assert [t.department for t in found.partial] == ["02"]
    assert [t.department for t in found.unreadable] == ["2A"]
    assert [t.department for t in found.absent] == ["69"]


@pytest.mark.parametrize(
    ("hindrance", "words"),
    [({"older": True}, "plus récent"), ({"cut": True}, "coupé"), ({"unreadable": {""}}, "ni son département")],
)
def test_nothing_closes_when_the_file_as_a_whole_is_doubtful(hindrance: dict[str, bool], words: str) -> None:
    found = scope(Tally("01", 100, 99), **hindrance)  # type: ignore[arg-type]
    assert found.departments == frozenset()
    assert words in found.hindrance


def test_a_hindrance_that_hinders_nothing_is_not_told() -> None:
    assert scope(Tally("01", 100, 100), older=True) == ClosingScope(frozenset())


def test_nothing_known_closes_nothing() -> None:
    assert scope() == ClosingScope(frozenset())
