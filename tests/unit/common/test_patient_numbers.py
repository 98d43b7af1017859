"""A number that looks like a patient's never passes, however it is spaced; other numbers do."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.common.patient_numbers import check_free_text, patient_numbers


@pytest.mark.parametrize(
    "text",
    [
        "1850578006084",
        "185057800608436",
        "1 85 05 78 006 084 36",
        "1.85.05.78.006.084.36",
        "n° 1 85 05 78 006 084\u00a036 de M. X",
        "1\u202f85\u202f05\u202f78\u202f006\u202f084",
        "185052A004035",
        "1 85 05 2B 004 035 12",
        "185052a00403512",
        "1850578006082 a rappelé",
        "1850578006084 bis",
        "dossier1850578006084,",
        "１８５０５７８００６０８４",
        "1850578\u200b006084",
        "1850578006084\n2850578006085",
        "1850578006084\r\n350001020",
        "1850578\n006084",
        "1850578006084. 2 appels",
        "18 505 78006084. 2 appels",
        "1850578006084 05 31 22 33 44",
        "1850578006084 2022",
        "2022 1850578006084",
        "1 85 05 78 006 084 36 2022",
        "1 85 05 78 006 084 2022",
        "appel 12 : 2 85 05 971 05 084 05 31 22 33 44",
        "1 85 05 2A 004 035 2022",
        "3400930000001 1850578006084",
    ],
)
def test_refused(text: str) -> None:
    assert patient_numbers(text)
    assert [refusal.code for refusal in check_free_text(text)] == ["patient_number"]
    assert not any(digit in check_free_text(text)[0].message for digit in ("1850578", "185052"))


@pytest.mark.parametrize(
    "text",
    [
        "3400930000001",
        "34009 300 0000 1",
        "12345678901234",
        "123456789012",
        "1234567890123456",
        "01 02 03 04 05",
        "350001020",
        "73282932000074",
        "15/11/2022",
        "vague 2A, puis 2B",
        "05 31 22 33 44\n06 12 34 56 78\n05.31.22.33.45",
        "1. 05 31 22 33 44\n2. 05 31 22 33 45",
        "732 829 320 00074\n732 829 320 00075",
        "10101234567\n10101234568",
        "350001020\n350001021\n130001020",
        "15 11 2022 au 30 11 2022",
        "2 500 appels, 1 250 000 ordonnances",
        "3400930000001 12 boîtes",
        "3400930000001 3400930000002 3400930000003",
        "",
    ],
)
def test_let_through(text: str) -> None:
    assert patient_numbers(text) == []


def test_a_product_code_is_only_one_of_thirteen_digits() -> None:
    assert patient_numbers("340093000000112")


def test_nested_values_are_read() -> None:
    assert check_free_text([{"row": "a", "risque": ["x", "1850578006084"]}])
    assert check_free_text({"a": 1850578006084, "b": True, "c": None}) == []


@settings(max_examples=60)
@given(st.from_regex(r"[12][0-9]{12}([0-9]{2})?", fullmatch=True), st.data())
def test_blanks_and_dots_hide_nothing(number: str, data: st.DataObject) -> None:
    gaps = data.draw(
        st.lists(st.sampled_from(["", " ", ".", "  ", "\u00a0"]), min_size=len(number), max_size=len(number))
    )
    assert number in patient_numbers("".join(digit + gap for digit, gap in zip(number, gaps, strict=True)))


SEXES, KEYS = st.sampled_from("12"), st.sampled_from(["", "36"])
CARDS = st.tuples(SEXES, *map(st.just, ("85", "05", "78", "006", "084")), KEYS).map(
    lambda groups: tuple(filter(None, groups))
)
NEIGHBOURS = st.sampled_from(["2022", "2", "05 31 22 33 44", "350001020", "10101234567", "1 an", "", "3400930000001"])


@settings(max_examples=100)
@given(
    CARDS, st.sampled_from(["", " ", ".", "\u00a0"]), NEIGHBOURS, NEIGHBOURS, st.sampled_from([" ", "\n", ". ", "\r\n"])
)
def test_neighbours_hide_nothing(card: tuple[str, ...], gap: str, before: str, after: str, between: str) -> None:
    text = between.join(filter(None, (before, gap.join(card), after)))
    assert any(run.startswith("".join(card[:6])) for run in patient_numbers(text))
