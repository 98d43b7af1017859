"""The seal of a decision, the map of the risks, where an answer comes from, how long a link lives."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from homologation.domain.answers import Provenance, Status
from homologation.domain.inspection import DAYS, MOST_DAYS, Opened, check_link, expiry, is_open
from homologation.domain.origins import Trace, origin_words
from homologation.domain.risk_map import risk_map
from homologation.domain.statement import HEAD, Decided, seal_of, statement
from tests.unit.homologation.forms import form, risk

DECIDED = Decided(
    dossier="0debc0ac-1e2b-47e1-bd7c-c9f6c91ed995",
    finess="350000001",
    snapshot_sha256="ab" * 32,
    signer="Hélène Œuvrard",
    role="titulaire",
    consent="insi-1",
    consent_text="J’homologue.",
    valid_from=date(2022, 11, 15),
    valid_until=date(2023, 11, 15),
    reserves=(),
    decided_at=datetime(2022, 11, 15, 9, tzinfo=UTC),
)


def test_the_seal_is_the_hash_of_the_printed_lines() -> None:
    lines = statement(DECIDED)
    assert lines[0] == HEAD and len(lines) == 10 and not any("\n" in line for line in lines)
    assert "decision=2022-11-15T09:00:00+00:00" in lines
    assert seal_of(lines) == hashlib.sha256("\n".join(lines).encode()).hexdigest()


CHANGES: list[dict[str, Any]] = [
    {"dossier": "0debc0ac-1e2b-47e1-bd7c-c9f6c91ed996"},
    {"finess": "350000002"},
    {"snapshot_sha256": "ac" * 32},
    {"signer": "Hélène Oeuvrard"},
    {"role": "adjoint"},
    {"consent": "insi-2"},
    {"consent_text": "J’homologue"},
    {"valid_from": date(2022, 11, 16)},
    {"valid_until": date(2023, 11, 16)},
    {"reserves": [("Écrire", "Le titulaire", "2023-01-01")]},
    {"decided_at": DECIDED.decided_at + timedelta(seconds=1)},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_anything_else_gives_another_seal(change: dict[str, Any]) -> None:
    assert seal_of(statement(replace(DECIDED, **change))) != seal_of(statement(DECIDED))


def places(rows: list[dict[str, Any]], *, after: bool) -> dict[tuple[str, str], tuple[int, ...]]:
    cells = [cell for line in risk_map(form().matrix, rows, after=after) for cell in line]
    assert len(cells) == 9
    return {(cell.gravity, cell.likelihood): cell.risks for cell in cells if cell.risks}


def test_risks_move_on_the_map_once_measures_are_taken() -> None:
    rows = [
        risk("a", gravite="forte", vraisemblance="faible"),
        risk("b", gravite_residuelle="faible", vraisemblance_residuelle="faible"),
        risk("c", gravite_residuelle="faible"),  # half said: as before
        risk("d", gravite=None),
    ]
    assert places(rows, after=False) == {("forte", "faible"): (1,), ("moderee", "moderee"): (2, 3)}
    assert places(rows, after=True) == {
        ("forte", "faible"): (1,),
        ("faible", "faible"): (2,),
        ("moderee", "moderee"): (3,),
    }


def test_the_gravest_line_comes_first_with_the_levels_of_the_grid() -> None:
    lines = risk_map(form().matrix, [], after=False)
    assert [[cell.level for cell in line] for line in lines] == [
        ["modere", "fort", "fort"],
        ["faible", "modere", "fort"],
        ["faible", "faible", "modere"],
    ]


PACK = "Officia, pack n° 2 du 01/11/2022"
ORIGINS = [
    (None, "Aucune réponse."),
    ((Status.EMPTY, Provenance.USER, ""), "Vidée par A (Titulaire) le 12/11/2022."),
    ((Status.MODIFIED, Provenance.USER, ""), "Saisie par A (Titulaire) le 12/11/2022."),
    ((Status.VOID, Provenance.USER, ""), "Déclarée sans objet par A (Titulaire) le 12/11/2022."),
    ((Status.UNKNOWN, Provenance.USER, ""), "« je ne sais pas » dit par A (Titulaire) le 12/11/2022."),
    (
        (Status.PROPOSED, Provenance.EDITOR_PACK, PACK),
        f"Préremplie par {PACK} – proposée le 12/11/2022, pas encore confirmée.",
    ),
    (
        (Status.CONFIRMED, Provenance.EDITOR_PACK, PACK),
        f"Préremplie par {PACK} – confirmée par A (Titulaire) le 12/11/2022.",
    ),
    (
        (Status.CONFIRMED, Provenance.CARRIED_OVER, "du dossier n° 1"),
        "Reprise du dossier n° 1 – confirmée par A (Titulaire) le 12/11/2022.",
    ),
]


@pytest.mark.parametrize(("trace", "words"), ORIGINS)
def test_every_status_has_its_line_of_origin(trace: tuple[Status, Provenance, str] | None, words: str) -> None:
    assert origin_words(Trace(*trace, by="A (Titulaire)", on="12/11/2022") if trace else None) == words
    assert {given[0] for given, _ in ORIGINS if given} == set(Status)


def test_an_answer_read_in_an_export_says_so() -> None:
    trace = Trace(Status.MODIFIED, Provenance.USER, "", "A", "12/11/2022", "cd" * 32)
    assert origin_words(trace) == f"Saisie par A le 12/11/2022 – lue dans l’export {'cd' * 8}."


@pytest.mark.parametrize("days", DAYS)
def test_a_link_opens_until_its_last_second(days: int) -> None:
    made = datetime(2026, 1, 5, 9, tzinfo=UTC)
    end, second = expiry(made, days), timedelta(seconds=1)
    assert end == made + timedelta(days=days) and days <= MOST_DAYS == 30
    assert is_open(end - second, end, None)
    assert not is_open(end, end, None)
    assert not is_open(made, end, made)


NIR = "1 85 05 78 006 084 36"
WRONG = [
    (("", "Contrôle", 7), {"recipient": "missing_field"}),
    (("Inspecteur", " ", 7), {"reason": "missing_field"}),
    (("Inspecteur", "Contrôle", 31), {"days": "bad_duration"}),
    (("Inspecteur", "Contrôle", 0), {"days": "bad_duration"}),
    ((NIR, "Contrôle", 7), {"recipient": "patient_number"}),
    (("Inspecteur", f"Dossier {NIR}", 7), {"reason": "patient_number"}),
    (("Inspecteur", "Contrôle", 30), {}),
]


@pytest.mark.parametrize(("given", "codes"), WRONG)
def test_a_link_says_for_whom_and_why(given: tuple[str, str, int], codes: dict[str, str]) -> None:
    assert {refusal.field: refusal.code for refusal in check_link(*given)} == codes


def test_what_is_opened_has_its_words() -> None:
    assert all(one.label for one in Opened)
