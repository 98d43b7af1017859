"""The ANS's list: read cell by cell, then compared with the registry in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from portal.common.clock import start_of_paris_day
from portal.common.refusals import Refused
from portal.referencing.domain.ans_diff import CHANGED, GONE, NEW, QUARANTINE, SAME, Known, compare
from portal.referencing.domain.ans_file import COLUMNS, ListRow, decode, read_list, row_from
from portal.registry.domain.referencing import Status

HEAD = "numero_unique;logiciel;version;editeur;siret;statut;date_effet"
GOOD = "N-1;Officia;5.2;Officia SAS;;Référencé;14/11/2022"
NOW = datetime(2022, 11, 16, 9, tzinfo=UTC)


def read(*lines: str, head: str = HEAD) -> tuple[list[ListRow], list[Any]]:
    return read_list("\n".join([head, *lines]))


def test_a_good_row_and_its_store() -> None:
    rows, bad = read(GOOD)
    assert not bad
    assert rows == [ListRow(2, "N-1", "Officia", "5.2", "Officia SAS", "", Status.REFERENCED, date(2022, 11, 14))]
    assert row_from(rows[0].as_json()) == rows[0]


@pytest.mark.parametrize("text", ["2022-11-14", "14/11/2022"])
@pytest.mark.parametrize("status", ["RÉFÉRENCÉ", "reference", "Référencée"])
def test_words_and_dates_as_people_write_them(text: str, status: str) -> None:
    rows, bad = read(f"N-1;Officia;5.2;Officia SAS;;{status};{text}")
    assert not bad and rows[0].status is Status.REFERENCED and rows[0].day == date(2022, 11, 14)


def test_columns_in_any_order_with_commas_and_without_siret() -> None:
    head = "Statut,Date effet,Éditeur,Version,Logiciel,Numéro unique"
    rows, bad = read('Suspendu,14/11/2022,"Officia, SAS",5.2,Officia,N-1', head=head)
    assert not bad and rows[0].supplier == "Officia, SAS" and rows[0].status is Status.SUSPENDED


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("N-1;;5.2;Officia SAS;;Référencé;14/11/2022", "logiciel", "vide"),
        (";Officia;5.2;Officia SAS;;Référencé;14/11/2022", "numero_unique", "a un numéro unique"),
        ("N-1;Officia;5.2;Officia SAS;;Certifié;14/11/2022", "statut", "Statut inconnu"),
        ("N-1;Officia;5.2;Officia SAS;;Référencé;31/02/2022", "date_effet", "jj/mm/aaaa"),
        ("N-1;Officia;5.2;Officia SAS;;Référencé;14/11/2019", "date_effet", "2020"),
        ("N-1;Officia;5.2;Officia SAS;123;Référencé;14/11/2022", "siret", "14 chiffres"),
        ("N-1;Officia;5.2;Officia SAS;40000000800017;Référencé;14/11/2022", "siret", "clé"),
        (f"N-1;{'x' * 121};5.2;Officia SAS;;Référencé;14/11/2022", "logiciel", "120 caractères"),
        ("N-1;Officia", "version", "vide"),
    ],
)
def test_a_bad_cell_says_where_and_why(line: str, column: str, words: str) -> None:
    rows, bad = read(GOOD, line)
    assert len(rows) == 1
    found = next(cell for cell in bad if cell.column == column)
    assert found.line == 3 and words in found.reason


def test_a_version_or_a_number_comes_once() -> None:
    _, bad = read(GOOD, "N-2;OFFICIA;5.2;officia sas;;Retiré;15/11/2022", "N-1;Autre;1;Autre SAS;;Retiré;15/11/2022")
    assert [(c.line, c.column) for c in bad] == [(3, "version"), (4, "numero_unique")]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty"), (b"PK\x03\x04 workbook", "not_text"), (b"a\x00b", "not_text"), (b"x" * 2_097_153, "too_large")],
)
def test_what_is_no_list(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        decode(content)
    assert refused.value.codes == (code,)


def test_other_encodings_and_headings() -> None:
    assert decode("Référencé".encode("cp1252")) == decode("\ufeffRéférencé".encode()) == "Référencé"
    with pytest.raises(Refused, match="statut, date_effet"):
        read("N-1;Officia;5.2;Officia SAS", head="numero_unique;logiciel;version;editeur")
    assert len(COLUMNS) == 7


def known(**changes: Any) -> Known:
    effects = changes.pop("effects", ((Status.COMPLETE, datetime(2022, 10, 3, 9, tzinfo=UTC)),))
    given: dict[str, Any] = {
        "key": "k1",
        "number": "",
        "software": "Officia",
        "version": "5.2",
        "supplier": "Officia SAS",
        "siret": "1",
        "status": Status.COMPLETE,
        "kept_here": False,
    }
    return Known(**(given | changes), effects=frozenset(effects))


def row(**changes: Any) -> ListRow:
    given: dict[str, Any] = {
        "line": 2,
        "number": "N-1",
        "software": "OFFICIA",
        "version": "5.2",
        "supplier": "Officia  sas",
        "siret": "",
        "status": Status.REFERENCED,
        "day": date(2022, 11, 14),
    }
    return ListRow(**(given | changes))


REFERENCED = {
    "number": "N-1",
    "status": Status.REFERENCED,
    "effects": ((Status.REFERENCED, start_of_paris_day(date(2022, 11, 14))),),
}


@pytest.mark.parametrize(
    ("registry", "given", "kind", "warned"),
    [
        (known(), row(), NEW, ""),
        (known(), row(status=Status.REFUSED, number=""), CHANGED, ""),
        (known(**REFERENCED), row(), SAME, ""),
        # The registry gives instants, the list days: the same day is the same fact.
        (
            known(**{**REFERENCED, "effects": ((Status.REFERENCED, datetime(2022, 11, 14, 15, tzinfo=UTC)),)}),
            row(),
            SAME,
            "",
        ),
        (known(**REFERENCED), row(day=date(2022, 11, 15)), CHANGED, "autre date, le 14/11/2022"),
        (known(**REFERENCED), row(day=date(2022, 11, 13)), CHANGED, "antidaté"),
        (known(**REFERENCED), row(status=Status.WITHDRAWN, day=date(2022, 11, 15)), CHANGED, "effet dans le passé"),
        (known(**REFERENCED), row(status=Status.WITHDRAWN, day=date(2022, 11, 16)), CHANGED, ""),
        (known(**REFERENCED), row(status=Status.WITHDRAWN, day=date(2022, 11, 17)), CHANGED, "effet à venir"),
        (known(status=Status.REFUSED), row(), NEW, "contradictoire"),
        (known(**REFERENCED), row(number="N-9"), QUARANTINE, "porte déjà le numéro N-1"),
        (known(number="N-1", software="Galène"), row(), QUARANTINE, "est celui de Galène 5.2"),
        (known(software="Galène"), row(), QUARANTINE, "aucune version de ce nom"),
        (known(), row(siret="2"), QUARANTINE, "aucune version de ce nom"),
        (known(supplier="Autre", siret="2"), row(siret="2"), NEW, ""),
        (known(kept_here=True), row(), QUARANTINE, "tenu dans ce portail"),
        (known(kept_here=True, **REFERENCED), row(), SAME, ""),
    ],
)
def test_what_a_row_means(registry: Known, given: ListRow, kind: str, warned: str) -> None:
    finding = compare([given], [registry], NOW)[0]
    assert finding.kind == kind
    assert (warned in finding.warning + finding.words) if warned else not finding.warning


def test_two_of_the_same_name_need_a_siret() -> None:
    twins = [known(), known(key="k2", siret="2")]
    assert compare([row()], twins, NOW)[0].kind == QUARANTINE
    assert compare([row(siret="2")], twins, NOW)[0].key == "k2"


def test_what_the_list_no_longer_carries() -> None:
    findings = compare([], [known(**REFERENCED), known(key="k2", version="6")], NOW + timedelta(days=1))
    assert [(f.kind, f.key, f.code) for f in findings] == [(GONE, "k1", "gone:k1")]
    assert findings[0].warning
