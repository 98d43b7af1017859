"""SIRET, FINESS: form, keys, Corsica and La Poste."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.common import identifiers
from tests.factories.people import siret


@pytest.mark.parametrize(
    ("value", "accepted"),
    [
        ("73282932000074", True),
        ("73282932000075", False),  # last digit
        ("73282932100073", False),  # SIREN
        ("7328293200007", False),
        ("732829320000744", False),
        ("7328293200007A", False),
        ("", False),
        ("35600000000048", True),  # La Poste, head office: Luhn
        ("35600000049837", True),  # La Poste, an office: sum of digits divisible by five
        ("35600000049838", False),
    ],
)
def test_siret(value: str, accepted: bool) -> None:
    refusals = identifiers.check_siret(value)
    assert [(r.code, r.field) for r in refusals] == ([] if accepted else [("bad_siret", "siret")])


def test_siret_says_what_is_wrong() -> None:
    assert "14 chiffres sont attendus" in identifiers.check_siret("12")[0].message
    assert "clé de contrôle" in identifiers.check_siret("73282932000075")[0].message


@given(st.integers(0, 59_999_999), st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(number: int, position: int, shift: int) -> None:
    right = siret(number)
    assert identifiers.check_siret(right) == []
    digit = (int(right[position]) + shift) % 10
    wrong = right[:position] + str(digit) + right[position + 1 :]
    assert [r.code for r in identifiers.check_siret(wrong)] == ["bad_siret"]


@pytest.mark.parametrize(
    ("value", "form", "key"),
    [
        ("010002301", True, True),
        ("010002302", True, False),
        ("2A0000014", True, True),  # read as 21
        ("2A0000015", True, False),
        ("2B0000012", True, True),  # read as 22
        ("2B0000013", True, False),
        ("9A0000001", True, True),  # another letter: not checked
        ("01000230", False, True),
        ("0100023011", False, True),
        ("A10002301", False, True),
        ("01000230X", False, True),
        ("", False, True),
    ],
)
def test_finess(value: str, form: bool, key: bool) -> None:
    assert [r.code for r in identifiers.check_finess_form(value)] == ([] if form else ["bad_finess"])
    assert [r.code for r in identifiers.warn_finess(value)] == ([] if key else ["finess_check_digit"])


def test_the_field_is_named() -> None:
    assert identifiers.check_finess_form("", "client")[0].field == "client"
    assert identifiers.warn_finess("010002302", "client")[0].field == "client"
    assert identifiers.check_siret("", "supplier")[0].field == "supplier"


@pytest.mark.parametrize("typed", ["2a0 000 014", " 2A0000014\n", "2A0\u00a0000\u202f014"])
def test_typed_with_blanks(typed: str) -> None:
    assert identifiers.normalise(typed) == "2A0000014"
