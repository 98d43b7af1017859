"""The rules of pieces: what a title may say, how long one is worth something, what a snapshot holds of it."""

from __future__ import annotations

from datetime import date

import pytest

from homologation.domain.answers import Answer, Answers, Provenance, Status
from homologation.domain.evidence import (
    NEAR_DAYS,
    PieceFacts,
    Shown,
    Standing,
    check_piece,
    check_withdrawal,
    guard_piece,
    ref_of,
    standing,
)
from homologation.domain.snapshot import BadExport, Subject, answers_from, exported, read_export, snapshot_of
from portal.common.canonical import sha256_of
from portal.common.refusals import Refusal
from tests.unit.homologation.forms import answers, form

TODAY = date(2022, 11, 15)
SUBJECT = Subject("350001020", "segur", "Officia 1", "INSI", "1.0.0", "0" * 64)
ANSWERS = {"s2.3.mode": Answer("mensuel", Status.CONFIRMED, "", Provenance.USER, "")}
PIECE = Shown(3, "s2.3.mode", "", "Procédure", "a" * 64, date(2023, 1, 1))
NIR = "1 85 05 78 006 084 36"


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (None, Standing.LASTING),
        (date(2022, 11, 14), Standing.PAST),
        (date(2022, 11, 15), Standing.NEAR),
        (date(2023, 1, 14), Standing.NEAR),
        (date(2023, 1, 15), Standing.LASTING),
    ],
)
def test_what_a_piece_is_worth(until: date | None, expected: Standing) -> None:
    assert NEAR_DAYS == 60 and standing(until, TODAY) is expected


def test_what_a_title_and_a_name_may_say() -> None:
    assert check_piece("Procédure", "a.pdf") == []
    assert [(r.code, r.field) for r in check_piece("  ", "a.pdf")] == [("missing_field", "title")]
    assert [(r.code, r.field) for r in check_piece(f"De {NIR}", f"{NIR}.pdf")] == [
        ("patient_number", "title"),
        ("patient_number", "file"),
    ]
    assert check_piece("x" * 120, "a.pdf") == []
    assert [r.code for r in check_piece("x" * 121, "a.pdf")] == ["too_long"]


def test_a_withdrawal_says_why() -> None:
    assert check_withdrawal("Périmée") == [] and check_withdrawal("x" * 300) == []
    assert [r.code for r in check_withdrawal(" ")] == ["missing_field"]
    assert [r.code for r in check_withdrawal(NIR)] == ["patient_number"]
    assert [r.code for r in check_withdrawal("x" * 301)] == ["too_long"]


def test_nothing_changes_while_a_decision_is_awaited() -> None:
    beyond = (Refusal("no_mandate", "Partie 4"),)
    assert guard_piece(PieceFacts()) == []
    assert [r.code for r in guard_piece(PieceFacts(True, beyond))] == ["being_decided"]
    assert guard_piece(PieceFacts(False, beyond)) == list(beyond)


def test_a_snapshot_without_a_piece_is_what_it_was_before_pieces_existed() -> None:
    snapshot = snapshot_of(SUBJECT, form(), ANSWERS)
    assert (
        snapshot == snapshot_of(SUBJECT, form(), ANSWERS, ()) and snapshot["schema"] == 1 and "evidence" not in snapshot
    )
    assert sorted(snapshot) == ["answers", "matrix", "pharmacy", "programme", "questionnaire", "risk_levels", "schema", "software"]  # fmt: skip
    assert read_export(exported(snapshot)) == snapshot


@pytest.mark.parametrize(
    ("said", "sha256"),
    [
        (ANSWERS, "f5d095a1ce35407f5ca6ca32f87b28bd8f64c8d6d275dc462358ec6ca13dfc3e"),
        (answers(), "bf340005c84823e7ba7563f55fab976aafd35c48ba387e11328e9a41a98c1b93"),
    ],
)
def test_the_hash_of_earlier_decisions_is_unchanged(said: Answers, sha256: str) -> None:
    """Hashes computed by the portal as it was before pieces existed."""
    assert sha256_of(snapshot_of(SUBJECT, form(), said)) == sha256


def test_a_snapshot_tells_each_piece_and_is_read_back() -> None:
    snapshot = snapshot_of(SUBJECT, form(), ANSWERS, [PIECE])
    assert snapshot["schema"] == 2
    assert snapshot["evidence"] == [
        {
            "ref": ref_of(3),
            "question": "s2.3.mode",
            "row": "",
            "title": "Procédure",
            "sha256": "a" * 64,
            "valid_until": "2023-01-01",
        }
    ]
    assert read_export(exported(snapshot)) == snapshot and answers_from(snapshot) == ANSWERS
    assert sha256_of(snapshot) != sha256_of(snapshot_of(SUBJECT, form(), ANSWERS))
    with pytest.raises(BadExport, match="modifié"):
        read_export({"snapshot": {**snapshot, "evidence": []}, "sha256": sha256_of(snapshot)})
