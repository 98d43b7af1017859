"""The deck of cases of each measure version, and that no comparison of the evaluator is there for nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.domain import measures as evaluator
from indicators.domain.measures import STATE_LABELS, Facts, Measure, State, evaluate, floored, in_force, measures_from
from tests.unit.indicators.flips import comparisons, flipped

ROOT = Path(__file__).parents[3]
CATALOGUE = (ROOT / "portal/programmes/catalogue/PHA-LGO-Va1/measures.toml").read_text()
MEASURES = measures_from(CATALOGUE)
DECK = {path.stem: json.loads(path.read_text()) for path in sorted((Path(__file__).parent / "deck").glob("*.json"))}
CASES = [pytest.param(name, case, id=f"{name} {case['what']}") for name, cases in DECK.items() for case in cases]
READY = date(2022, 11, 5)


def named(name: str, of: ModuleType = evaluator) -> Any:
    """The measure of a deck, ``dmp-1``."""
    return next(one for one in of.measures_from(CATALOGUE) if f"{one.code.lower()}-{one.version}" == name)


def outcome(of: ModuleType, name: str, case: dict[str, Any]) -> dict[str, Any]:
    """What the evaluator says of a case, as the deck writes it."""
    facts = of.Facts(
        year=case["year"],
        numerator=case["numerator"],
        denominator=case["denominator"],
        ready_on=date.fromisoformat(case["ready_on"]) if case["ready_on"] else None,
        missing=case["missing"],
        neutralised=case["neutralised"],
    )
    found = of.evaluate(named(name, of), facts)
    said: dict[str, Any] = {"state": found.state.value, "missing": found.missing, "ahead": found.ahead}
    said["rate"] = None if found.rate is None else f"{found.rate:.2f}"
    said["amount"] = None if found.amount is None else str(found.amount)
    return said


def test_every_version_has_its_deck() -> None:
    assert set(DECK) == {f"{one.code.lower()}-{one.version}" for one in MEASURES}
    assert all(len(cases) >= 25 for cases in DECK.values())
    assert set(STATE_LABELS) == set(State)


@pytest.mark.parametrize(("name", "case"), CASES)
def test_the_deck(name: str, case: dict[str, Any]) -> None:
    assert outcome(evaluator, name, case) == case["expected"]


@pytest.mark.parametrize("place", comparisons(evaluator), ids=str)
def test_a_flipped_comparison_is_seen(place: tuple[int, int, int]) -> None:
    with flipped(evaluator, place) as mutant:
        assert any(_differs(mutant, name, case) for name, cases in DECK.items() for case in cases)


def _differs(mutant: ModuleType, name: str, case: dict[str, Any]) -> bool:
    try:
        other = named(name, mutant).digest != DIGESTS[name.upper()]
        return bool(other or outcome(mutant, name, case) != case["expected"])
    except Exception:  # noqa: BLE001  (a mutant that breaks is seen too)
        return True


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 50), st.sampled_from(MEASURES))
def test_more_that_qualify_never_lower_the_rate(some: int, others: int, more: int, measure: Measure) -> None:
    if some + others == 0:
        return
    assert floored(some, some + others) <= floored(some + more, some + others + more)
    before = evaluate(measure, Facts(2024, some, some + others, ready_on=READY))
    after = evaluate(measure, Facts(2024, some + more, some + others + more, ready_on=READY))
    assert (before.state is State.REACHED) <= (after.state is State.REACHED)


@given(st.integers(1, 10**6), st.data(), st.sampled_from([one for one in MEASURES if one.percent]))
def test_what_is_missing_is_just_enough(whole: int, data: st.DataObject, measure: Measure) -> None:
    part = data.draw(st.integers(0, whole))
    found = evaluate(measure, Facts(2024, part, whole, ready_on=READY))
    if found.state is not State.BELOW:
        return
    assert found.missing and found.ahead and measure.percent is not None
    for more, of in ((found.missing, whole), (found.ahead, whole + found.ahead)):
        assert evaluator.reached(part + more, of, measure.percent)
    assert not evaluator.reached(part + found.missing - 1, whole, measure.percent)
    assert not evaluator.reached(part + found.ahead - 1, whole + found.ahead - 1, measure.percent)


PUBLISHED: dict[str, tuple[object, ...]] = {
    "DMP-1": ("assessments_final_dmp", "assessments_final", "2023-01-01", None, "90", "100.00"),
    "MSS-1": ("dispensations_mss", "dispensations", "2023-01-01", None, "5", "240.00"),
    "EPRESC-1": ("prescriptions_e", "prescriptions", "2023-01-01", "2024-01-01", "35", "250.00"),
    "EPRESC-2": ("prescriptions_city_e", "prescriptions_city", "2024-01-01", None, "70", None),
    "APCV-1": ("", "", "2022-01-01", "2023-01-01", None, "50.00"),
    "APCV-2": ("claims_apcv", "claims", "2023-01-01", None, "5", "50.00"),
}
"""Numerator, denominator, from, to, percent and amount of each version, as the sources say them."""
DIGESTS = {
    "DMP-1": "0cbbdb750c21d1928c1867d3e2221f74af1e857e4419c62e5df4128f07a010f8",
    "MSS-1": "2f3e4d469946c3b3da76d29e27a201e5ea77c265c8ca7a390991b05e2cfb7dfa",
    "EPRESC-1": "4914eb01687be142fca0635785378c18cc0d67d08edcb2c1877df7fd7f751335",
    "EPRESC-2": "2da8b6e82bc9820182693d31441297efc299ebbe2405fc33697cfb3d8553422f",
    "APCV-1": "912c8e2a2c525942d49d96fda5b6b4519a2c48f4ffc285a3852fdbd18ee0268e",
    "APCV-2": "a362c142e255f3b7b212ea75839fd6aee8ad5317f97c4daebba100020212b4c3",
}
"""Of the whole definition: results name it. What is published never changes: a new definition is a new version."""


def test_what_the_sources_say() -> None:
    assert {f"{one.code}-{one.version}": _pinned(one) for one in MEASURES} == PUBLISHED
    assert {f"{one.code}-{one.version}": one.digest for one in MEASURES} == DIGESTS
    assert [(one.code, one.version) for one in in_force(MEASURES, 2023)] == [
        ("DMP", 1),
        ("MSS", 1),
        ("EPRESC", 1),
        ("APCV", 2),
    ]
    assert [(one.code, one.version) for one in in_force(MEASURES, 2022)] == [("APCV", 1)]
    assert [one.code for one in MEASURES if one.precondition] == ["EPRESC"]


def _pinned(one: Measure) -> tuple[object, ...]:
    values = one.numerator, one.denominator, one.since, one.until, one.percent, one.amount
    return tuple(None if value is None else str(value) for value in values)


def test_versions_that_overlap_are_refused() -> None:
    with pytest.raises(ValueError, match="EPRESC: versions 1 and 2 overlap"):
        measures_from(CATALOGUE.replace("to = 2024-01-01", "to = 2024-01-02"))


def test_a_part_is_never_more_than_the_whole() -> None:
    with pytest.raises(ValueError, match="3 of 2"):
        Facts(2023, 3, 2)
