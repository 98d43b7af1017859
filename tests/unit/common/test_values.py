"""Money, text, canonical JSON, refusals."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.common.canonical import canonical, sha256_of
from portal.common.money import Triple, cents, euros
from portal.common.refusals import Refusal, Refused, refuse
from portal.common.text import fold, squeeze


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("0.005", "0.01"), ("0.004", "0.00"), ("0.0149", "0.01"), ("1.115", "1.12"), ("-0.005", "-0.01"), ("2", "2.00")],
)
def test_cents_half_up(amount: str, rounded: str) -> None:
    assert cents(Decimal(amount)) == Decimal(rounded)
    assert cents(Decimal(amount)).as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("ht", "rate", "vat", "ttc"),
    [
        ("875.00", "20.00", "175.00", "1050.00"),
        ("800.00", "8.50", "68.00", "868.00"),
        ("0.03", "20.00", "0.01", "0.04"),
        ("0.02", "20.00", "0.00", "0.02"),
        ("625.33", "8.50", "53.15", "678.48"),
        ("700.00", "0.00", "0.00", "700.00"),
    ],
)
def test_triple(ht: str, rate: str, vat: str, ttc: str) -> None:
    assert Triple.from_ht(Decimal(ht), Decimal(rate)) == Triple(Decimal(ht), Decimal(vat), Decimal(ttc))


@given(st.decimals(0, 100_000, places=2), st.sampled_from(["20.00", "8.50", "0.00"]))
def test_triples_always_add_up(ht: Decimal, rate: str) -> None:
    triple = Triple.from_ht(ht, Decimal(rate))
    assert triple.ht + triple.vat == triple.ttc
    assert abs(triple.vat - ht * Decimal(rate) / 100) <= Decimal("0.005")


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (None, "non précisé"),
        (Decimal("1050"), "1\u202f050,00\u00a0€"),
        (Decimal("0.5"), "0,50\u00a0€"),
        (Decimal("1234567.894"), "1\u202f234\u202f567,89\u00a0€"),
    ],
)
def test_euros(amount: Decimal | None, shown: str) -> None:
    assert euros(amount) == shown


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Pharmacie de l’Église", "pharmacie de l eglise"),
        ("CŒUR d'Hérault", "coeur d herault"),
        ("  Saint--Malo\u00a0(35) ", "saint malo 35"),
        ("ÆGIDE", "aegide"),
        ("Çà & là", "ca la"),
        ("", ""),
        ("—", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert not squeeze(text) or not any(c.isspace() for c in squeeze(text))


def test_canonical_is_one_string_for_one_value() -> None:
    assert canonical({"b": [1, "é"], "a": None}) == '{"a":null,"b":[1,"é"]}'.encode()
    assert canonical({"a": None, "b": (1, "é")}) == canonical({"b": [1, "é"], "a": None})
    assert sha256_of([]) == hashlib.sha256(b"[]").hexdigest()


@pytest.mark.parametrize("value", [1.5, [0.0], {"a": {"b": (1, 2.0)}}, float("nan"), {1: "x"}, {"a": {None: 1}}])
def test_canonical_refuses_what_has_no_form(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical(value)


leaves = st.none() | st.booleans() | st.integers() | st.text()
values = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10)


@given(values)
def test_canonical_reads_back(value: Any) -> None:
    assert json.loads(canonical(value)) == value
    assert canonical(json.loads(canonical(value))) == canonical(value)


def test_refused_keeps_every_reason() -> None:
    refused = Refused([Refusal("a", "Un."), Refusal("b", "Deux.")])
    assert refused.codes == ("a", "b") and str(refused) == "Un.; Deux."
    assert refuse("c", "Trois.", "champ", "S").refusals == (Refusal("c", "Trois.", "champ", "S"),)
    with pytest.raises(ValueError, match="at least one"):
        Refused([])
