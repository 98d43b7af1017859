"""Bad rows: each is listed by line, column, value and reason, and the good ones go in."""

from __future__ import annotations

from datetime import date

import pytest

from portal.registry.domain.finess_file import FinessFile, Reading
from portal.registry.domain.finess_pharmacy import PharmacyRow
from tests.unit.registry.finess_made_up import finess, official, row

GOOD = [row(nofinesset=finess(serial)) for serial in (500, 501)]


def read(*rows: str) -> tuple[list[PharmacyRow], Reading]:
    lines = official(*GOOD, *rows).splitlines(keepends=True)
    file = FinessFile(lines, today=date(2022, 11, 15))
    return list(file.pharmacies()), file.reading


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("nofinesset", "", "mal formé"),
        ("nofinesset", "01000000", "mal formé"),
        ("nofinesset", "0100000081", "mal formé"),
        ("nofinesset", "01000O0O8", "mal formé"),
        ("departement", "", "département"),
        ("departement", "AIN", "département"),
        ("dateouv", "2013-02-29", "date impossible"),
        ("dateouv", "2013-13-01", "date impossible"),
        ("dateouv", "20131001", "date impossible"),
        ("dateouv", "01/10/2013", "date impossible"),
        ("dateouv", "0213-10-01", "date impossible"),
        ("dateouv", "1799-12-31", "date impossible"),
        ("dateautor", "1990-00-03", "date impossible"),
        ("datemaj", "hier", "date impossible"),
        ("rslongue", "X" * 201, "trop long"),
        ("ligneacheminement", "01500 " + "X" * 81, "trop long"),
        ("categetab", "", "catégorie"),
        ("categetab", "62O", "catégorie"),
    ],
)
def test_a_row_that_cannot_go_in(column: str, value: str, words: str) -> None:
    rows, reading = read(row(**{column: value}))
    assert [r.line for r in rows] == [2, 3]
    (rejected,) = reading.rejected
    assert (rejected.line, rejected.column, rejected.value) == (4, column, value[:80])
    assert words in rejected.reason
    assert (reading.rows, reading.pharmacies) == (3, 2)


def test_without_any_name_a_row_is_rejected() -> None:
    (rejected,) = read(row(rs="", rslongue=" "))[1].rejected
    assert (rejected.column, rejected.reason) == ("rs", "la raison sociale manque")


@pytest.mark.parametrize("change", [";", "-1"])
def test_a_row_with_too_many_or_too_few_cells_is_rejected(change: str) -> None:
    bad = row() + ";" if change == ";" else row().rsplit(";", 1)[0]
    (rejected,) = read(bad)[1].rejected
    assert (rejected.line, rejected.column, rejected.value) == (4, "(ligne)", bad[:80])
    assert rejected.reason == f"{33 if change == ';' else 31} cellules au lieu de 32"


def test_an_unknown_section_is_a_rejected_row() -> None:
    (rejected,) = read("structure;010000008;X")[1].rejected
    assert (rejected.line, rejected.column, rejected.value) == (4, "section", "structure")


def test_the_second_row_of_one_number_is_rejected() -> None:
    rows, reading = read(row(), row(rslongue="AUTRE"))
    assert [r.line for r in rows] == [2, 3, 4]
    (rejected,) = reading.rejected
    assert (rejected.line, rejected.column, rejected.value) == (5, "nofinesset", "010000008")
    assert "déjà à la ligne 4" in rejected.reason


def test_a_good_row_goes_in_after_a_bad_one_of_the_same_number() -> None:
    rows, reading = read(row(dateouv="2013-02-29"), row())
    assert [r.line for r in rows] == [2, 3, 5]
    assert len(reading.rejected) == 1


def test_one_row_is_listed_once_however_bad() -> None:
    assert len(read(row(nofinesset="X", departement="", dateouv="X"))[1].rejected) == 1


@pytest.mark.parametrize(
    ("column", "value", "field", "kept"),
    [
        ("nofinesset", "010000009", "finess", "010000009"),
        ("siret", "73282932000075", "siret", ""),
        ("siret", "7328293200007", "siret", ""),
        ("siret", "INCONNU", "siret", ""),
        ("nofinessej", "10107", "legal_finess", ""),
        ("telephone", "voir mairie", "phone", ""),
        ("ligneacheminement", "VAUX", "city", "VAUX"),
        ("ligneacheminement", "", "city", ""),
    ],
)
def test_a_doubtful_cell_is_a_warning_and_the_row_goes_in(column: str, value: str, field: str, kept: str) -> None:
    rows, reading = read(row(**{column: value}))
    assert getattr(rows[2], field) == kept
    assert [(w.line, w.column, w.value) for w in reading.warnings] == [(4, column, value)]
    assert reading.rejected == []


@pytest.mark.parametrize(
    ("column", "value", "field", "kept"),
    [
        ("nofinesset", "01 000 000 8", "finess", "010000008"),
        ("nofinesset", finess(44, "2A"), "finess", finess(44, "2A")),
        ("siret", "732 829 320 00074", "siret", "73282932000074"),
        ("siret", "35600000000048", "siret", "35600000000048"),
        ("siret", "35600000012346", "siret", "35600000012346"),
        ("siret", "", "siret", ""),
        ("nofinessej", "", "legal_finess", ""),
        ("telephone", "04.00.00.00.01", "phone", "0400000001"),
        ("telephone", "", "phone", ""),
        ("dateouv", "", "opened_on", None),
        ("dateouv", "1800-01-01", "opened_on", date(1800, 1, 1)),
        ("ligneacheminement", "01606 TREVAUX CEDEX 2", "city", "TREVAUX CEDEX 2"),
    ],
)
def test_what_raises_no_doubt(column: str, value: str, field: str, kept: str | date | None) -> None:
    rows, reading = read(row(**{column: value}))
    assert getattr(rows[2], field) == kept
    assert reading.warnings == []
    assert reading.rejected == []


def test_keys_are_cut_to_what_the_registry_holds() -> None:
    long = "Œ" * 200
    rows, _ = read(row(rslongue=long, ligneacheminement="01500 " + "Œ" * 80))
    assert (len(rows[2].search_key), len(rows[2].sort_key)) == (320, 200)


def test_what_the_closing_rule_needs_to_know() -> None:
    _, reading = read(
        row(dateouv="X"),
        row(nofinesset="X", departement="2A"),
        row(nofinesset=finess(9)).rsplit(";", 1)[0],
        row(nofinesset=finess(10), categetab="629"),
    )
    assert reading.withheld == {"010000008", finess(9)}
    assert reading.unreadable == {"2A"}
    assert reading.categories == {"620", "629"}
    assert reading.cut is False


@pytest.mark.parametrize("end", [11, 20, 60, -1])
def test_a_file_that_breaks_off_is_known_to_be_cut(end: int) -> None:
    assert read(row()[:end])[1].cut is True


def test_the_day_is_unknown_until_the_file_is_read() -> None:
    with pytest.raises(ValueError, match="not read"):
        _ = Reading(layout=read()[1].layout).day
