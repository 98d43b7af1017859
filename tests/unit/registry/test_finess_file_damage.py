"""A file that went through a spreadsheet is refused whole; one mistyped cell in a sound file is not."""

from __future__ import annotations

from datetime import date

import pytest

from portal.registry.domain.finess_file import FinessFile
from portal.registry.domain.finess_remarks import FileRefused
from tests.unit.registry.finess_made_up import NAMED_COLUMNS, finess, named_row, official, pharmacies, row


def codes(text: str) -> tuple[str, ...]:
    """The codes of the refusal, none when the file is accepted."""
    file = FinessFile(text.splitlines(keepends=True), today=date(2022, 11, 15))
    try:
        list(file.pharmacies())
    except FileRefused as refused:
        return refused.codes
    return ()


DAMAGED = ("damaged_by_spreadsheet",)
SOUND = pharmacies(40)


def test_the_message_says_what_was_seen_where_and_what_to_do() -> None:
    padded = "finess;etalab;93;07/01/2026" + ";" * 28
    bad = row(nofinesset="10000024", departement="1", siret="2,601E+13", dateouv="13/02/1979")
    with pytest.raises(FileRefused) as caught:
        list(FinessFile([padded, bad, row()], today=date(2022, 11, 15)).pharmacies())
    message = caught.value.message
    for words in (
        "tableur",
        "ligne 1, date « 07/01/2026 »",
        "ligne 2, siret « 2,601E+13 »",
        "ligne 2, nofinesset « 10000024 »",
        "ligne 2, dateouv « 13/02/1979 »",
        "Téléchargez de nouveau",
        "sans l’ouvrir dans un tableur",
    ):
        assert words in message
    assert [(p.line, p.column) for p in caught.value.places] == [
        (1, "date"),
        (2, "siret"),
        (2, "nofinesset"),
        (2, "departement"),
        (2, "dateouv"),
    ]


@pytest.mark.parametrize("siret", ["2,601E+13", "2.601E+13", "4,09527E+13", "3e+13"])
def test_one_number_in_scientific_notation_is_proof_enough(siret: str) -> None:
    assert codes(official(*SOUND, row(nofinesset=finess(900), siret=siret))) == DAMAGED


def test_a_number_of_establishment_in_scientific_notation_too() -> None:
    assert codes(official(*SOUND, row(nofinesset="1,0E+07"))) == DAMAGED


def test_it_is_seen_on_establishments_of_any_category() -> None:
    assert codes(official(*SOUND, row(categetab="355", siret="2,601E+13"))) == DAMAGED


def test_a_french_date_on_line_1_is_proof_enough() -> None:
    assert codes(official(*SOUND, day="01/11/2022")) == DAMAGED


def test_two_signs_on_one_row_are_proof_enough() -> None:
    assert codes(official(*SOUND, row(nofinesset="10000024", departement="1"))) == DAMAGED


@pytest.mark.parametrize(
    "cells",
    [{"departement": "1"}, {"dateouv": "01/10/2013", "dateautor": "03/02/1990", "datemaj": "11/10/2022"}],
)
def test_one_sign_on_every_row_condemns(cells: dict[str, str]) -> None:
    assert codes(official(row(**cells))) == DAMAGED
    assert codes(official(*(row(nofinesset=finess(n), **cells) for n in range(5)))) == DAMAGED


def test_zeros_lost_on_every_row_condemn_though_all_else_is_sound() -> None:
    lines = [row(nofinesset=finess(n).lstrip("0")) for n in range(100_000, 100_005)]
    assert codes(official(*lines)) == DAMAGED
    assert codes(official(*lines, *pharmacies(60, "75"))) == DAMAGED, "other departments have no zero to lose"


def test_named_columns_are_looked_at_too() -> None:
    assert codes(f"{NAMED_COLUMNS}\n{named_row(siret='2,601E+13')}\n") == DAMAGED


@pytest.mark.parametrize("cells", [{"nofinesset": "10000024"}, {"departement": "1"}, {"dateouv": "01/10/2013"}])
def test_one_sign_alone_in_a_sound_file_is_a_bad_row(cells: dict[str, str]) -> None:
    assert codes(official(*SOUND, row(**cells))) == ()


@pytest.mark.parametrize(("damaged", "expected"), [(4, ()), (5, DAMAGED)])
def test_above_one_row_in_ten_it_is_no_accident(damaged: int, expected: tuple[str, ...]) -> None:
    bad = [row(nofinesset=finess(900 + n), departement="1") for n in range(damaged)]
    assert codes(official(*SOUND, *bad)) == expected


def test_a_long_damaged_file_is_refused_without_being_read_to_its_end() -> None:
    lines = iter(official(*(row(nofinesset=finess(n), siret="2,601E+13") for n in range(200))).splitlines())
    with pytest.raises(FileRefused):
        list(FinessFile(lines, today=date(2022, 11, 15)).pharmacies())
    assert len(list(lines)) == 150


def test_an_eight_digit_number_of_another_department_lost_no_zero() -> None:
    assert codes(official(row(nofinesset="10000024", departement="75"))) == ()
