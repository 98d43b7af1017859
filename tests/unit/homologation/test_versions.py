"""Differences, versions of the form, and the frozen value that is read back with nothing lost."""

from __future__ import annotations

from typing import Any

import pytest

from homologation.domain.answers import Answer, Provenance, Status
from homologation.domain.diff import Piece, differences, risk_moves, words
from homologation.domain.parse import parse
from homologation.domain.snapshot import BadExport, Subject, answers_from, exported, read_export, snapshot_of
from homologation.domain.versions import Fit, carry_over, check_migration, classify
from portal.common.canonical import sha256_of
from tests.unit.homologation.forms import answers, changed, form, risk, values


def test_differences_by_key_row_and_cell() -> None:
    after = values(
        s2__3__mode="demande",
        s5__q4=None,
        s2__1__precisions="Par carte",
        s3__risques=[risk("x"), risk("y", gravite="forte"), risk("new")],
    )
    found = [(c.kind, c.key, c.row, c.column) for c in differences(form(), values(), after)]
    assert found == [
        ("added", "s2.1.precisions", "", ""),
        ("changed", "s2.3.mode", "", ""),
        ("changed", "s3.risques", "y", "gravite"),
        ("removed", "s3.risques", "z", ""),
        ("added", "s3.risques", "new", ""),
        ("removed", "s5.q4", "", ""),
    ]
    assert differences(form(), after, after) == []
    assert risk_moves(form(), values(), after) == {"x": "level", "y": "up"}


def test_differences_word_by_word() -> None:
    assert words("le titulaire lit tout", "le titulaire et l’adjoint lisent tout") == [
        Piece("kept", "le titulaire"),
        Piece("removed", "lit"),
        Piece("added", "et l’adjoint lisent"),
        Piece("kept", "tout"),
    ]


NEW_CHOICE = {"choices": {"mensuel": "Mois", "demande": "Demande", "jamais": "Jamais"}}


@pytest.mark.parametrize(
    ("question", "change", "fit"),
    [
        ("s2__3__mode", {"label": "Mise à disposition"}, Fit.EDITORIAL),
        ("s2__3__mode", NEW_CHOICE, Fit.COMPATIBLE),
        ("s2__3__mode", {"choices": {"mensuel": "Mois"}}, Fit.INCOMPATIBLE),
        ("s2__3__mode", {"type": "text", "choices": {}}, Fit.INCOMPATIBLE),
        ("s2__3__mode", {"required": False}, Fit.COMPATIBLE),
        ("s2__1__precisions", {"required": True}, Fit.INCOMPATIBLE),
        ("s2__2__frequence_revue", {"most": 12}, Fit.INCOMPATIBLE),
        ("s2__2__frequence_revue", {"most": 36}, Fit.COMPATIBLE),
        ("s3__risques", {"min_rows": 5}, Fit.INCOMPATIBLE),
        ("s2__2__derniere_revue", {"voidable": False}, Fit.INCOMPATIBLE),
        ("s2__3__mode", None, Fit.INCOMPATIBLE),
    ],
)
def test_how_a_change_is_classified(question: str, change: dict[str, Any] | None, fit: Fit) -> None:
    new = parse(changed(**{question: change}))
    assert [(c.key, c.fit) for c in classify(form(), new)] == [(question.replace("__", "."), fit)]
    assert bool(check_migration(form(), new)) is (fit is Fit.INCOMPATIBLE)


def test_an_incompatible_version_needs_its_map_and_is_simulated() -> None:
    content = changed(s2__3__mode=None)
    content["migration"] = {"s2.3.mode": {"kind": "merged", "to": ["s2.3.precisions"], "keep_answer": True}}
    new = parse(content)
    assert check_migration(form(), new) == []
    carried = carry_over(form(), new, answers() | {"s5.q4": Answer(None, Status.UNKNOWN)}, "dossier 1")
    moved = carried.kept["s2.3.precisions"]
    assert (moved.value, moved.status, moved.provenance) == ("mensuel", Status.PROPOSED, Provenance.CARRIED_OVER)
    assert carried.dropped == {} and carried.unanswered == ("s5.q4",)


def test_an_answer_that_no_longer_fits_is_said() -> None:
    content = changed(s2__2__frequence_revue={"most": 3}, s2__3__mode=None)
    content["migration"] = {
        "s2.2.frequence_revue": {"kind": "retyped", "to": ["s2.2.frequence_revue"], "keep_answer": True}
    }
    carried = carry_over(form(), parse(content), answers(), "dossier 1")
    assert set(carried.dropped) == {"s2.2.frequence_revue", "s2.3.mode"}
    assert "s2.2.frequence_revue" in carried.unanswered


def test_a_map_names_known_questions() -> None:
    content = changed(s2__3__mode=None) | {"migration": {"s2.3.mode": {"kind": "moved", "to": ["s9.x"]}}}
    assert len(check_migration(form(), parse(content))) == 2


SUBJECT = Subject("350001020", "PHA-LGO-Va1", "Officia 5.0", "INSI-AUTOHOMOLOGATION", "1.0.0", "a" * 64)


@pytest.mark.parametrize("status", Status)
def test_every_status_is_exported_and_read_back(status: Status) -> None:
    given = answers() | {"s2.3.mode": Answer("mensuel", status, "Parce que", Provenance.EDITOR_PACK, "pack 3", 4)}
    snapshot = snapshot_of(SUBJECT, form(), given)
    again = read_export(exported(snapshot))
    assert snapshot_of(SUBJECT, form(), answers_from(again)) == snapshot
    assert ("s2.3.mode" in again["answers"]) is (status is not Status.EMPTY)
    assert snapshot["risk_levels"] == {"x": "modere", "y": "modere", "z": "modere"}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda e: e["snapshot"]["answers"]["s2.3.mode"].update(value="demande"),
        lambda e: e.update(sha256="0" * 64),
        lambda e: e["snapshot"].update(schema=2),
        lambda e: e["snapshot"].update(extra=1.5),
        lambda e: e.pop("snapshot"),
    ],
)
def test_a_changed_export_is_refused(spoil: Any) -> None:
    export = exported(snapshot_of(SUBJECT, form(), answers()))
    spoil(export)
    with pytest.raises(BadExport):
        read_export(export)


@pytest.mark.parametrize(
    "said", [{"value": 1}, "x", {"value": 1, "status": "odd", "reason": "", "provenance": "user", "source": ""}]
)
def test_a_malformed_answer_is_refused(said: Any) -> None:
    with pytest.raises(BadExport):
        answers_from({"answers": {"s2.3.mode": said}})
    assert sha256_of({"answers": said})
