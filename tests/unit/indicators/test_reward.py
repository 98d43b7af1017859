"""What a year earns, and what holds it back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from indicators.domain.measures import State, in_force
from indicators.domain.reward import Given, reward_of
from tests.unit.indicators.test_measures import MEASURES

YEAR = in_force(MEASURES, 2024)
PAID = {
    "DMP": Given(State.REACHED, Decimal(95), Decimal(100)),
    "MSS": Given(State.REACHED, Decimal(5), Decimal(240)),
    "APCV": Given(State.BELOW, Decimal(4)),
}


@pytest.mark.parametrize("state", sorted(State))
def test_only_a_precondition_reached_or_neutralised_holds_nothing_back(state: State) -> None:
    found = reward_of(YEAR, PAID | {"EPRESC": Given(state)})
    free = state in (State.REACHED, State.NEUTRALISED)
    assert found.earned == (Decimal(340) if free else None)
    assert found.conditional == (None if free else Decimal(340))
    assert found.held_by == ([] if free else ["EPRESC"])
    assert bool(found.held) is not free


def test_what_is_missing_and_what_it_holds_back_are_said() -> None:
    found = reward_of(YEAR, PAID | {"EPRESC": Given(State.BELOW, Decimal("12.5"))})
    words = found.held.replace("\u00a0", " ").replace("\u202f", " ")
    assert "« E-prescription (ville) » (en dessous du seuil : 12,5 % pour 70 %)" in words
    assert "sous condition : 340,00 €" in words and "que faire" in words
    assert "pas encore calculée" in reward_of(YEAR, PAID).held
    nothing = reward_of(YEAR, {"EPRESC": Given(State.INCOMPLETE)})
    assert (nothing.earned, nothing.conditional) == (None, None) and "€" not in nothing.held


def test_a_year_without_a_precondition_earns_what_is_reached() -> None:
    found = reward_of(in_force(MEASURES, 2023), PAID)
    assert (found.earned, found.held, found.held_by) == (Decimal(340), "", [])
