"""The rules of a plan made together: who answers, and which dates the programme allows."""

from __future__ import annotations

from datetime import date

import pytest

from orders.domain.plans import (
    AGREEMENT,
    PHARMACY,
    PROPOSAL,
    QUESTION,
    SUPPLIER,
    Dates,
    Step,
    check_agreement,
    check_dates,
    standing,
)
from tests.unit.orders.facts import NOW, RULES

ASKED = Step(1, QUESTION, PHARMACY)
PROPOSED = Step(2, PROPOSAL, SUPPLIER)
AGREED = Step(3, AGREEMENT, PHARMACY)


@pytest.mark.parametrize(
    ("steps", "code", "waits_for", "proposal"),
    [
        ([ASKED], QUESTION, SUPPLIER, None),
        ([ASKED, PROPOSED], PROPOSAL, PHARMACY, 2),
        ([ASKED, PROPOSED, AGREED], AGREEMENT, "", 2),
        ([ASKED, PROPOSED, AGREED, Step(4, PROPOSAL, PHARMACY)], PROPOSAL, SUPPLIER, 4),
        ([ASKED, PROPOSED, Step(3, QUESTION, SUPPLIER)], QUESTION, PHARMACY, 2),
    ],
)
def test_standing(steps: list[Step], code: str, waits_for: str, proposal: int | None) -> None:
    found = standing(steps)
    assert (found.code, found.waits_for, found.proposal) == (code, waits_for, proposal)


def test_a_plan_begins_with_something() -> None:
    with pytest.raises(ValueError, match="begins"):
        standing([])


@pytest.mark.parametrize(
    ("steps", "side", "seen", "codes"),
    [
        ([ASKED], SUPPLIER, 1, ["nothing_proposed"]),
        ([ASKED, PROPOSED], PHARMACY, 2, []),
        ([ASKED, PROPOSED], SUPPLIER, 2, ["own_proposal"]),
        ([ASKED, PROPOSED], PHARMACY, 1, ["stale"]),
        ([ASKED, PROPOSED], PHARMACY, None, ["stale"]),
        ([ASKED, PROPOSED, AGREED], PHARMACY, 2, ["already_agreed"]),
        ([ASKED, PROPOSED, Step(3, QUESTION, PHARMACY)], PHARMACY, 2, []),
    ],
)
def test_agreeing(steps: list[Step], side: str, seen: int | None, codes: list[str]) -> None:
    assert [refusal.code for refusal in check_agreement(steps, side, seen)] == codes


GOOD = Dates(date(2022, 12, 1), date(2023, 1, 10), date(2023, 1, 11))


@pytest.mark.parametrize(
    ("dates", "found"),
    [
        (GOOD, []),
        (Dates(date(2022, 11, 15), date(2022, 11, 15), date(2022, 11, 15)), []),
        (Dates(date(2022, 11, 14), date(2022, 11, 15), date(2022, 11, 15)), [("order_on", "past_date")]),
        (Dates(date(2023, 3, 15), date(2023, 4, 28), date(2023, 4, 28)), []),
        (Dates(date(2023, 3, 16), date(2023, 4, 28), date(2023, 4, 28)), [("order_on", "after_closing")]),
        (Dates(date(2023, 3, 15), date(2023, 4, 29), date(2023, 4, 28)), [("install_on", "after_closing")]),
        (Dates(date(2023, 3, 15), date(2023, 4, 28), date(2023, 4, 29)), [("train_on", "after_closing")]),
        (
            Dates(date(2022, 12, 1), date(2022, 11, 30), date(2022, 11, 30)),
            [("install_on", "before_order"), ("train_on", "before_order")],
        ),
    ],
)
def test_dates(dates: Dates, found: list[tuple[str, str]]) -> None:
    refusals = check_dates(dates, RULES, NOW)
    assert [(refusal.field, refusal.code) for refusal in refusals] == found
    assert all("choisissez" in r.message or "ne peut pas" in r.message for r in refusals)


def test_the_day_of_a_signed_order_may_be_past() -> None:
    signed = date(2022, 10, 12)
    dates = Dates(signed, GOOD.install_on, GOOD.train_on)
    assert check_dates(dates, RULES, NOW, ordered_on=signed) == []
    assert [r.code for r in check_dates(dates, RULES, NOW, ordered_on=date(2022, 10, 13))] == ["past_date"]
