"""What came about proposes a higher likelihood, until the risk was rated higher than at the last decision."""

from __future__ import annotations

from typing import Any

import pytest

from homologation.domain.feedback import Happened, Risked, proposals, risks_in
from tests.unit.homologation.forms import form, risk

MATRIX = form().matrix
VIO = Happened("a", "violation VIO-2022-0001")


def rated(row: str, likelihood: str | None) -> dict[str, Any]:
    return risk(row) | {"vraisemblance": likelihood}


@pytest.mark.parametrize(
    ("then", "now", "after"),
    [
        ("faible", "faible", ["moderee"]),
        ("moderee", "moderee", ["forte"]),
        ("forte", "forte", [""]),
        ("faible", "moderee", []),  # raised already
        ("forte", "moderee", ["forte"]),  # lowered since: all the more
        ("moderee", None, []),  # not rated yet
    ],
)
def test_one_step_up_from_what_is_rated_now(then: str, now: str | None, after: list[str]) -> None:
    found = proposals(MATRIX, [rated("a", now)], [rated("a", then)], [VIO])
    assert [one.after for one in found] == after


def test_origins_are_told_together_and_other_risks_stay() -> None:
    rows = [rated("b", "faible"), rated("a", "faible")]
    case = Happened("a", "alerte INSi de 10/2022")
    [found] = proposals(MATRIX, rows, rows, [VIO, case, Happened("gone", "violation VIO-2022-0002")])
    assert (found.row, found.number, found.origins) == ("a", 2, (VIO.origin, case.origin))


def test_only_risks_with_a_row_and_words_can_be_named() -> None:
    rows = [risk("a"), risk("b") | {"risque": " "}, risk("c") | {"row": ""}]
    assert risks_in(rows) == [Risked("a", risk("a")["risque"])]
