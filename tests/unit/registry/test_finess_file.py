"""Reading the official layouts: what goes in, what is set aside, and what is refused whole."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

import pytest

from portal.registry.domain.finess_file import FinessFile, Reading
from portal.registry.domain.finess_pharmacy import PharmacyRow
from portal.registry.domain.finess_remarks import FileRefused
from tests.unit.registry.finess_made_up import NAMED_COLUMNS, finess, named_row, official, pharmacies, row

TODAY = date(2022, 11, 15)


def read(text: str, **options: date) -> tuple[list[PharmacyRow], Reading]:
    file = FinessFile(text.splitlines(keepends=True), today=TODAY, **options)
    rows = list(file.pharmacies())
    return rows, file.reading


def refusal(text: str) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read(text)
    return caught.value


def test_a_pharmacy_is_read_cell_by_cell() -> None:
    rows, reading = read(official(row()))
    assert asdict(rows[0]) == {
        "line": 2,
        "finess": "010000008",
        "legal_finess": "010000107",
        "siret": "73282932000074",
        "name": "PHARMACIE DU GRAND MOULIN",
        "address": "12 R DES ÉCOLES",
        "postal_code": "01500",
        "city": "VAUX EN PLAINE",
        "department": "01",
        "category": "620",
        "phone": "0400000001",
        "opened_on": date(2013, 10, 1),
        "search_key": "pharmacie du grand moulin vaux en plaine 01500 010000008",
        "sort_key": "pharmacie du grand moulin",
    }
    assert (reading.rows, reading.pharmacies, reading.day) == (1, 1, date(2022, 11, 1))
    assert reading.rejected == []
    assert reading.warnings == []


def test_the_short_name_serves_when_there_is_no_long_one() -> None:
    rows, _ = read(official(row(rslongue="", rs="PHARMACIE  DU   MOULIN ")))
    assert rows[0].name == "PHARMACIE DU MOULIN"


def test_the_address_holds_number_complement_way_and_locality() -> None:
    rows, _ = read(official(row(numvoie="1", compvoie="B", typvoie="AV", voie="DE LA GARE", lieuditbp="BP 107")))
    assert rows[0].address == "1 B AV DE LA GARE, BP 107"
    rows, _ = read(official(row(numvoie="", typvoie="", voie="", lieuditbp="LE BOURG")))
    assert rows[0].address == "LE BOURG"


@pytest.mark.parametrize("category", ["620", "627", "628", "629"])
def test_each_pharmacy_category_is_read(category: str) -> None:
    rows, reading = read(official(row(categetab=category)))
    assert rows[0].category == category
    assert reading.categories == {category}


def test_other_establishments_are_counted_and_passed_over() -> None:
    rows, reading = read(official(row(), row(nofinesset=finess(2), categetab="500", rs="", rslongue="", siret="X")))
    assert len(rows) == 1
    assert (reading.rows, reading.pharmacies, reading.rejected) == (2, 1, [])


@pytest.mark.parametrize("department", ["2A", "2B", "9A", "9J", "75", "974"])
def test_departments_are_kept_as_given(department: str) -> None:
    prefix = department if department.startswith("2") else "97"
    rows, reading = read(official(row(departement=department, nofinesset=finess(7, prefix))))
    assert rows[0].department == department
    assert reading.warnings == []


def test_named_columns_give_the_same_pharmacy() -> None:
    official_rows, _ = read(official(row()))
    rows, reading = read(f"{NAMED_COLUMNS}\n{named_row(telephone='04 00 00 00 01')}\n")
    assert rows == official_rows
    assert reading.day == date(2022, 10, 11)


def test_named_columns_in_another_order_and_case() -> None:
    names = NAMED_COLUMNS.split(";")
    cells = named_row().split(";")
    rows, _ = read(";".join(names[::-1]).upper() + "\n" + ";".join(cells[::-1]) + "\n")
    assert rows[0].finess == "010000008"


def test_the_name_of_a_named_columns_file_dates_it() -> None:
    text = f"{NAMED_COLUMNS}\n{named_row()}\n"
    assert read(text, named_date=date(2022, 10, 31))[1].day == date(2022, 10, 31)
    assert read(text, named_date=date(2020, 1, 1))[1].day == date(2022, 10, 11), "never before its own updates"


def test_an_update_in_the_future_does_not_date_the_file() -> None:
    rows = [named_row(), named_row(nofinesset=finess(2), datemaj="2099-01-01")]
    assert read("\n".join([NAMED_COLUMNS, *rows]))[1].day == date(2022, 10, 11)


def test_an_update_of_today_dates_the_file() -> None:
    assert read(f"{NAMED_COLUMNS}\n{named_row(datemaj='2022-11-15')}\n")[1].day == TODAY


def test_a_named_columns_file_that_nothing_dates_is_refused() -> None:
    assert refusal(f"{NAMED_COLUMNS}\n{named_row(datemaj='')}\n").codes == ("bad_file_date",)


def test_columns_of_the_remarks_are_those_of_the_file() -> None:
    rejected = read(f"{NAMED_COLUMNS}\n{named_row(dateouv='2013-02-30')}\n{named_row()}\n")[1].rejected
    assert [(r.line, r.column, r.value) for r in rejected] == [(2, "dateouvert", "2013-02-30")]


def test_geolocalisation_lines_are_counted_and_not_imported() -> None:
    text = official(
        row(),
        "geolocalisation;010000008;1.5;2.5;1,ATLASANTE,96,BAN,LAMBERT_93;2022-10-01",
        "geolocalisation;010000008;1.5",
        "geolocalisation;01OOO0008;1.5;2.5;1,ATLASANTE;2022-10-01",
    )
    rows, reading = read(text)
    assert (len(rows), reading.rows, reading.geolocated, reading.rejected) == (1, 1, 3, [])
    assert [(w.line, w.column) for w in reading.warnings] == [(4, "(ligne)"), (5, "nofinesset")]


def test_a_byte_order_mark_and_windows_line_ends_are_tolerated() -> None:
    rows, reading = read("\ufeff" + official(row()).replace("\n", "\r\n"))
    assert rows[0].finess == "010000008"
    assert reading.warnings == []


def test_rfc_4180_quotes() -> None:
    rows, reading = read(official(row(rslongue='PHARMACIE "LE 12" ; CENTRE'), row(nofinesset=finess(2))))
    assert rows[0].name == 'PHARMACIE "LE 12" ; CENTRE'
    assert [r.line for r in rows] == [2, 3]
    assert reading.rejected == []


def test_a_quoted_cell_may_hold_a_line_end() -> None:
    rows, _ = read(official(row(rslongue="PHARMACIE\nDU MOULIN"), row(nofinesset=finess(2))))
    assert [(r.line, r.name) for r in rows] == [(2, "PHARMACIE DU MOULIN"), (4, "PHARMACIE DU GRAND MOULIN")]


def test_a_quote_left_open_spoils_only_its_own_line() -> None:
    broken = row().replace("PHARMACIE DU GRAND", '"PHARMACIE DU GRAND')
    rows, reading = read(official(broken, row(nofinesset=finess(2)), row(nofinesset=finess(3))))
    assert [r.line for r in rows] == [3, 4]
    assert [(r.line, r.column) for r in reading.rejected] == [(2, "(ligne)")]
    assert "guillemet" in reading.rejected[0].reason


@pytest.mark.parametrize(("ends", "accepted"), [(4, 2), (5, 1)])
def test_a_quoted_cell_holds_five_lines_at_most(ends: int, accepted: int) -> None:
    rows, reading = read(official(row(rslongue="PHARMACIE" + "\nX" * ends), row(nofinesset=finess(2))))
    assert len(rows) == accepted
    assert bool(reading.rejected) is (accepted == 1)


def test_a_stray_quote_within_a_cell_is_a_character() -> None:
    rows, _ = read(official(row().replace("GRAND MOULIN", 'GRAND 5" MOULIN')))
    assert rows[0].name == 'PHARMACIE DU GRAND 5" MOULIN'


def test_the_number_of_line_1_is_only_a_warning() -> None:
    for count in (1, 96):
        warnings = read(official(*pharmacies(3), count=count))[1].warnings
        assert [(w.line, w.column, w.value) for w in warnings] == [(1, "nombre", str(count))]


def test_a_file_dated_in_the_future_is_a_warning() -> None:
    warnings = read(official(row(), day="2022-11-16"))[1].warnings
    assert [(w.line, w.column) for w in warnings] == [(1, "date")]
    assert read(official(row(), day="2022-11-15"))[1].warnings == []


def test_lost_accents_are_listed_by_row_of_any_category() -> None:
    rows, reading = read(
        official(
            row(rslongue="PHARMACIE DES \ufffdCOLES"), row(nofinesset=finess(2), categetab="355", rs="H\ufffdPITAL")
        )
    )
    assert rows[0].name == "PHARMACIE DES \ufffdCOLES"
    assert [(w.line, w.column) for w in reading.warnings] == [(2, "rslongue"), (3, "rs")]


def test_a_file_without_any_accent_left_does_not_list_a_hundred_thousand_lines() -> None:
    lines = [row(nofinesset=finess(n), categetab="355", rs="H\ufffdPITAL") for n in range(1200)]
    assert len(read(official(*lines[:1000]))[1].warnings) == 1000
    warnings = read(official(*lines))[1].warnings
    assert len(warnings) == 1001
    assert (warnings[-1].line, warnings[-1].reason) == (0, "accents perdus sur 200 autres lignes")


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", "empty_file", "vide"),
        ("\n \n", "empty_file", "vide"),
        ("finess;etalab;0;2022-11-01\n", "empty_file", "aucun établissement"),
        (row() + "\n", "unknown_layout", "la ligne 1"),
        ("<!DOCTYPE html>\n<html>\n", "unknown_layout", "pas le fichier des établissements"),
        ("Type;Identifiant\n1;2\n", "unknown_layout", "pas le fichier des établissements"),
        (official(row()).replace(";", ","), "wrong_separator", "la virgule"),
        (official(row()).replace(";", "\t"), "wrong_separator", "la tabulation"),
        (NAMED_COLUMNS.replace(";", ",") + "\n", "wrong_separator", "la virgule"),
        (NAMED_COLUMNS.replace(";siret", "") + "\n", "unknown_layout", "« siret » est absente"),
        (NAMED_COLUMNS + ";siret\n", "unknown_layout", "« siret » est écrite deux fois"),
        ("finess;etalab;1;2022-11-01\nstructureej;010000008;X\n", "unknown_layout", "structureej"),
        (official(row(), day="hier"), "bad_file_date", "« hier »"),
        (official(row(), day="2022-02-30"), "bad_file_date", "2022-02-30"),
    ],
)
def test_what_is_not_the_file_is_refused_whole(text: str, code: str, words: str) -> None:
    refused = refusal(text)
    assert refused.codes == (code,)
    assert words in refused.message
    assert refused.message.startswith("Fichier refusé : ")
