"""What people may type, and what they are told when it cannot be read."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.forms import Field

from portal.ui.forms import (
    FinessField,
    FreeEmailField,
    FreeTextField,
    FrenchDateField,
    FrenchDateTimeField,
    MoneyField,
    SiretField,
)


def refusal(field: Field, typed: str) -> str:
    with pytest.raises(ValidationError) as caught:
        field.clean(typed)
    return " ".join(caught.value.messages)


@pytest.mark.parametrize(
    "typed", ["15/11/2022", " 15/11/2022 ", "15.11.2022", "15-11-2022", "15 11 2022", "15112022", "2022-11-15"]
)
def test_date_forms(typed: str) -> None:
    assert FrenchDateField().clean(typed) == date(2022, 11, 15)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("31/02/2022", "Le 31/02/2022 n’existe pas dans le calendrier"),
        ("11/15/2022", "n’existe pas dans le calendrier"),
        ("15/11/22", "l’année en quatre chiffres"),
        ("01/01/0001", "Vérifiez l’année"),
        ("demain", "n’est pas lisible"),
        ("", "obligatoire"),
    ],
)
def test_date_refusals(typed: str, words: str) -> None:
    assert words in refusal(FrenchDateField(), typed)


def test_dates_are_shown_as_they_are_typed() -> None:
    assert FrenchDateField().prepare_value(date(2022, 1, 2)) == "02/01/2022"
    assert FrenchDateField().prepare_value(datetime(2022, 1, 1, 23, 30, tzinfo=UTC)) == "02/01/2022"
    assert FrenchDateField().prepare_value("31/02/2022") == "31/02/2022"
    assert FrenchDateField(required=False).clean("") is None


@pytest.mark.parametrize(
    "typed",
    [
        "15/11/2022 14:00",
        "15/11/2022 14h00",
        "15/11/2022 à 14 h 00",
        "15/11/2022  14h",
        "2022-11-15T14:00",
        "15/11/2022 à\xa014\xa0h\xa000",
    ],
)
def test_instant_forms_are_paris_time(typed: str) -> None:
    assert FrenchDateTimeField().clean(typed) == datetime(2022, 11, 15, 13, 0, tzinfo=UTC)


def test_hour_may_be_left_out_when_there_is_a_default() -> None:
    assert FrenchDateTimeField(default_time=time(9)).clean("14/07/2022") == datetime(2022, 7, 14, 7, 0, tzinfo=UTC)
    assert "Ajoutez l’heure" in refusal(FrenchDateTimeField(), "14/07/2022")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("27/03/2022 02:30", "n’existe pas ce jour-là : on passe à l’heure d’été"),
        ("30/10/2022 02:30", "existe deux fois ce jour-là : on passe à l’heure d’hiver"),
        ("15/11/2022 24:00", "elle va de 00:00 à 23:59"),
        ("15/11/2022 14:0", "n’est pas lisible"),
        ("31/02/2022 14:00", "n’existe pas dans le calendrier"),
    ],
)
def test_instant_refusals(typed: str, words: str) -> None:
    assert words in refusal(FrenchDateTimeField(), typed)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("27/03/2022 01:59", datetime(2022, 3, 27, 0, 59, tzinfo=UTC)),
        ("27/03/2022 03:00", datetime(2022, 3, 27, 1, 0, tzinfo=UTC)),
        ("30/10/2022 01:59", datetime(2022, 10, 29, 23, 59, tzinfo=UTC)),
        ("30/10/2022 03:00", datetime(2022, 10, 30, 2, 0, tzinfo=UTC)),
    ],
)
def test_instants_beside_the_changes_of_hour(typed: str, expected: datetime) -> None:
    field = FrenchDateTimeField()
    assert field.clean(typed) == expected
    assert field.prepare_value(expected) == typed


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("1050", "1050.00"),
        ("1 050,00", "1050.00"),
        ("1\u202f050,5\xa0€", "1050.50"),
        ("1050.55", "1050.55"),
        ("0", "0.00"),
    ],
)
def test_money(typed: str, expected: str) -> None:
    cleaned = MoneyField().clean(typed)
    assert cleaned == Decimal(expected)
    assert str(cleaned) == expected


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("12,345", "au plus deux chiffres après la virgule"),
        ("-5", "ne peut pas être négatif"),
        ("mille", "n’est pas lisible"),
        ("1.050,00", "n’est pas lisible"),
        ("99999999999", "trop grand"),
        ("NaN", "n’est pas lisible"),
        ("1e5", "n’est pas lisible"),
    ],
)
def test_money_refusals(typed: str, words: str) -> None:
    assert words in refusal(MoneyField(), typed)


def test_unknown_money_is_not_zero() -> None:
    assert MoneyField(required=False).clean("") is None
    assert MoneyField().prepare_value(Decimal("1050.00")) == "1050,00"
    assert MoneyField().prepare_value("12,345") == "12,345"


def test_identifiers_lose_their_blanks() -> None:
    assert FinessField().clean(" 2a 000 012 3 ") == "2A0000123"
    assert SiretField().clean("732\xa0829 320 00074") == "73282932000074"
    assert SiretField(required=False).clean("") == ""
    assert "obligatoire" in refusal(FinessField(), "")


def test_own_help_is_kept_before_the_format() -> None:
    assert FrenchDateField(help_text="Le jour même.").help_text.startswith("Le jour même. Format attendu")


def test_no_patients_number_passes_in_words() -> None:
    assert FreeTextField().clean(" Appeler le 05 31 22 33 44 ") == "Appeler le 05 31 22 33 44"
    words = refusal(FreeTextField(), "Voir 1 85 05 78 006 084 36 demain")
    assert "numéro de patient" in words and "retirez ce nombre" in words and "185" not in words
    assert "numéro de patient" in refusal(FreeEmailField(), "185057800608436@patient.mssante.example")
    assert "valide" in refusal(FreeEmailField(), "anne") and FreeTextField(required=False).clean("") == ""
