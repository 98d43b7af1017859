"""Who is named by the words of section 2.2, until when; and what the catalogue must say of duties and help."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from homologation.catalogue import duties, help_terms
from homologation.domain.duties import is_named, parse_duties, parse_help_terms, rows_of_person
from homologation.domain.packs import pack_file, read_pack_file
from homologation.domain.snapshot import BadExport
from homologation.domain.steps import BadCatalogue
from tests.unit.homologation.forms import form

DUTIES = {"title": "Consignes", "source": "S", "confirmed": False, "duties": ["Une"]}
TERMS = {"answer_days": 1, "words": "Aide", "source": "S", "confirmed": False}


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("Léa Renard", True),
        ("RENARD Lea", True),
        ("  renard,   léa ", True),
        ("Léa", False),
        ("Léa Renard-Martin", False),
        ("Préparatrice 2", False),
        ("", False),
    ],
)
def test_the_same_names_in_any_order(words: str, named: bool) -> None:
    assert is_named("Léa Renard", words) is named


def test_a_person_without_a_name_is_nobody() -> None:
    assert not is_named("", "") and not is_named(" – ", "–")


@pytest.mark.parametrize(("last", "held"), [(None, True), ("2022-11-14", False), ("2022-11-15", True)])
def test_the_last_day_counts(last: str | None, held: bool) -> None:
    row = {"row": "r1", "personne": "Léa Renard"} | ({"jusqu_au": last} if last else {})
    assert rows_of_person([row], "Léa Renard", date(2022, 11, 15)) == ([row] if held else [])


@pytest.mark.parametrize("name", list(DUTIES))
def test_duties_that_do_not_say_what_is_expected(name: str) -> None:
    parse_duties(DUTIES)
    with pytest.raises(BadCatalogue):
        parse_duties({key: value for key, value in DUTIES.items() if key != name})


def test_duties_hold_at_least_one() -> None:
    with pytest.raises(BadCatalogue):
        parse_duties(DUTIES | {"duties": []})


@pytest.mark.parametrize("changes", [{"answer_days": 0}, {"answer_days": "5"}, {"other": 1}])
def test_terms_of_the_help_that_cannot_be(changes: dict[str, Any]) -> None:
    parse_help_terms(TERMS)
    with pytest.raises(BadCatalogue):
        parse_help_terms(TERMS | changes)


def test_the_catalogue_says_what_is_not_confirmed() -> None:
    said, terms = duties("PHA-LGO-Va1"), help_terms("PHA-LGO-Va1")
    assert len(said.duties) == 5 and not said.confirmed
    assert terms.answer_days == 5 and not terms.confirmed and "sans surcoût" in terms.words


def test_a_pack_file_is_read_back_for_the_same_questions_alone() -> None:
    values = {"s2.3.mode": "mensuel"}
    written = pack_file(form(), values)
    assert read_pack_file(written, form()) == values
    other = {"code": form().code, "version": "9.0.0"}
    wrong: list[dict[str, Any]] = [{"schema": 2}, {"questionnaire": other}, {"values": []}]
    for changes in wrong:
        with pytest.raises(BadExport):
            read_pack_file(written | changes, form())
