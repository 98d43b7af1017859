"""What an order must say, and its amounts to the cent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.domain.content import MANDATORY, check_amounts, check_mandatory
from orders.domain.facts import Content, PharmacyFacts
from portal.common.money import CENT, Triple
from tests.unit.orders.facts import CONTENT, NOW, OFFICINE, RULES

Flaws = list[tuple[str, str]]


def flaws(content: Content, pharmacy: PharmacyFacts = OFFICINE) -> Flaws:
    return [(r.code, r.field) for r in check_amounts(content, pharmacy, RULES)]


def priced(ht: str, vat: str, ttc: str, *, rate: str = "20.00", state: str | None = None) -> Content:
    amounts = Triple(Decimal(ht), Decimal(vat), Decimal(ttc))
    return replace(CONTENT, amounts=amounts, vat_percent=Decimal(rate), state_amount=Decimal(state or ttc))


def test_a_complete_order_says_everything() -> None:
    assert check_mandatory(CONTENT, RULES, NOW) == []
    assert flaws(CONTENT) == []


MANDATORY_FIELDS = (
    "client_name",
    "client_responsible",
    "client_phone",
    "client_email",
    "administrator_name",
    "administrator_status",
    "administrator_card",
    "administrator_phone",
    "administrator_email",
    "installation_scenario",
)


def test_the_list_of_mandatory_fields_is_the_form_s() -> None:
    assert tuple(MANDATORY) == MANDATORY_FIELDS


@pytest.mark.parametrize("name", MANDATORY_FIELDS)
@pytest.mark.parametrize("blank", ["", "  ", "\u00a0"])
def test_each_mandatory_field(name: str, blank: str) -> None:
    changed: dict[str, Any] = {name: blank}
    (refusal,) = check_mandatory(replace(CONTENT, **changed), RULES, NOW)
    assert (refusal.code, refusal.field) == ("missing_field", name)
    assert refusal.message.startswith("Il manque ")


@pytest.mark.parametrize("kind", ["personal", "organisation"])
@pytest.mark.parametrize(
    ("has", "operator", "field"),
    [
        (None, "", "has_{}_mailbox"),
        (None, "Mailiz", "has_{}_mailbox"),
        (True, "", "{}_operator"),
        (True, " ", "{}_operator"),
        (True, "Mailiz", None),
        (False, "", None),
        (False, "Mailiz", None),
    ],
)
def test_mailbox_questions(kind: str, has: bool | None, operator: str, field: str | None) -> None:
    changed: dict[str, Any] = {f"has_{kind}_mailbox": has, f"{kind}_operator": operator}
    refusals = check_mandatory(replace(CONTENT, **changed), RULES, NOW)
    assert [(r.code, r.field) for r in refusals] == ([("missing_field", field.format(kind))] if field else [])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (priced("800.00", "160.00", "960.00"), []),
        (priced("875.00", "175.00", "1050.00"), []),
        (priced("625.00", "125.00", "750.00"), []),
        (priced("0.01", "0.00", "0.01"), []),
        (priced("0.03", "0.01", "0.04"), []),  # 0.006 rounds half up
        (priced("800.00", "160.01", "960.01"), [("bad_vat", "amount_vat")]),
        (priced("800.00", "159.99", "959.99"), [("bad_vat", "amount_vat")]),
        (priced("800.00", "160.00", "960.01"), [("bad_total", "amount_ttc")]),
        (priced("800.00", "160.00", "959.99"), [("bad_total", "amount_ttc")]),
        (priced("800.00", "160.00", "960.00", state="959.99"), [("bad_state_amount", "state_amount")]),
        (priced("800.00", "160.00", "960.00", state="960.01"), [("bad_state_amount", "state_amount")]),
        (priced("875.01", "175.00", "1050.01"), [("above_ceiling", "amount_ht")]),
        (priced("0.00", "0.00", "0.00"), [("zero_amount", "amount_ht")]),
        (priced("-1.00", "-0.20", "-1.20"), [("zero_amount", "amount_ht")]),
        (
            priced("800.00", "44.00", "844.00", rate="5.50"),
            [("bad_vat_rate", "vat_percent"), ("bad_vat", "amount_vat")],
        ),
        (
            priced("900.00", "1.00", "2.00", rate="0.00", state="3.00"),
            [
                ("above_ceiling", "amount_ht"),
                ("bad_vat_rate", "vat_percent"),
                ("bad_vat", "amount_vat"),
                ("bad_total", "amount_ttc"),
                ("bad_state_amount", "state_amount"),
            ],
        ),
    ],
)
def test_amounts(content: Content, expected: Flaws) -> None:
    assert flaws(content) == expected


@pytest.mark.parametrize("department", ["9A", "9B", "9D"])
def test_reduced_rate_overseas(department: str) -> None:
    there = replace(OFFICINE, department=department)
    assert flaws(priced("800.00", "68.00", "868.00", rate="8.50"), there) == []
    assert flaws(CONTENT, there) == [("bad_vat_rate", "vat_percent"), ("bad_vat", "amount_vat")]


@pytest.mark.parametrize("department", ["9C", "9F"])
def test_no_vat_in_guyane_and_mayotte(department: str) -> None:
    there = replace(OFFICINE, department=department)
    assert flaws(priced("800.00", "0.00", "800.00", rate="0.00"), there) == []
    assert flaws(CONTENT, there) == [("bad_vat_rate", "vat_percent"), ("bad_vat", "amount_vat")]


def test_words_give_the_right_sum() -> None:
    (refusal,) = check_amounts(priced("800.00", "160.01", "960.01"), OFFICINE, RULES)
    assert "20 %" in refusal.message and "160,00" in refusal.message and "160,01" in refusal.message
    (rate, _) = check_amounts(CONTENT, replace(OFFICINE, department="9D"), RULES)
    assert "8,5 %" in rate.message


amounts = st.integers(1, 87_500).map(lambda c: Decimal(c) * CENT)
rates = st.sampled_from([("35", "20.00"), ("9D", "8.50"), ("9F", "0.00")])


@given(amounts, rates)
def test_any_exact_amount_passes_and_a_cent_more_does_not(ht: Decimal, where: tuple[str, str]) -> None:
    department, rate = where
    there = replace(OFFICINE, department=department)
    triple = Triple.from_ht(ht, Decimal(rate))
    exact = replace(CONTENT, amounts=triple, vat_percent=Decimal(rate), state_amount=triple.ttc)
    assert flaws(exact, there) == []
    dearer = replace(triple, vat=triple.vat + CENT, ttc=triple.ttc + CENT)
    assert flaws(replace(exact, amounts=dearer, state_amount=dearer.ttc), there) == [("bad_vat", "amount_vat")]
