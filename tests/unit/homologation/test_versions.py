"""Differences, versions of the form, and the frozen value that is read back with nothing lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from homologation.domain.answers import Answer, Provenance, Status
from homologation.domain.diff import Piece, differences, risk_moves, words
from homologation.domain.parse import parse
from homologation.domain.questions import Questionnaire
from homologation.domain.simulation import simulate
from homologation.domain.snapshot import BadExport, Subject, answers_from, exported, read_export, snapshot_of
from homologation.domain.versions import Fit, carry_over, carry_through, check_migration, classify
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


def test_of_merged_answers_the_own_one_stays_and_the_other_is_said() -> None:
    content = changed(s2__3__mode=None, s2__3__modalites=None)
    entry = {"kind": "merged", "to": ["s2.3.precisions"], "keep_answer": True}
    content["migration"] = {"s2.3.mode": entry, "s2.3.modalites": {"kind": "removed"}}
    given = answers(s2__3__precisions="Liste remise chaque mois")
    carried = carry_over(form(), parse(content), given, "dossier 1")
    assert carried.kept["s2.3.precisions"].value == "Liste remise chaque mois"
    assert carried.dropped["s2.3.mode"] == "fusionnée avec une autre réponse, reprise dans s2.3.precisions"
    assert carried.sources["s2.3.precisions"] == "s2.3.precisions"


def version(number: str, migration: dict[str, Any], **questions: dict[str, Any] | None) -> Questionnaire:
    return parse(changed(**questions) | {"version": number, "migration": migration})


def test_a_renewal_over_two_versions_follows_both_maps() -> None:
    """v2 takes the mode into the precisions, v3 takes the precisions into the justification: v3's map alone is blind."""
    two = version("2.0.0", {"s2.3.mode": {"kind": "merged", "to": ["s2.3.precisions"]}}, s2__3__mode=None)
    maps = {"s2.3.precisions": {"kind": "merged", "to": ["s2.3.justification"], "keep_answer": True}}
    three = version("3.0.0", maps, s2__3__mode=None, s2__3__precisions=None)
    blind = carry_over(form(), three, answers(), "dossier 1")
    assert "s2.3.mode" in blind.dropped
    lost = carry_through([form(), two, three], answers(), "dossier 1")
    assert "s2.3.mode" in lost.dropped  # v2's map says not to keep it
    two = version(
        "2.0.0", {"s2.3.mode": {"kind": "merged", "to": ["s2.3.precisions"], "keep_answer": True}}, s2__3__mode=None
    )
    carried = carry_through([form(), two, three], answers(), "dossier 1")
    assert carried.kept["s2.3.justification"].value == "mensuel" and carried.dropped == {}
    assert carried.sources["s2.3.justification"] == "s2.3.mode"


def test_what_a_later_map_drops_is_said_under_the_first_key() -> None:
    keep = {"s2.3.mode": {"kind": "merged", "to": ["s2.3.precisions"], "keep_answer": True}}
    two = version("2.0.0", keep, s2__3__mode=None)
    three = version("3.0.0", {"s2.3.precisions": {"kind": "removed"}}, s2__3__mode=None, s2__3__precisions=None)
    carried = carry_through([form(), two, three], answers(), "dossier 1")
    assert carried.dropped == {"s2.3.mode": "question retirée"} and "s2.3.mode" not in carried.sources.values()


MATRIX = form().matrix


@pytest.mark.parametrize(
    "change",
    [
        {"grid": (MATRIX.grid[2], *MATRIX.grid[1:])},
        {"scale": tuple(reversed(MATRIX.scale))},
        {"levels": dict(reversed(list(MATRIX.levels.items())))},
    ],
)
def test_another_matrix_is_incompatible_and_needs_its_map(change: dict[str, Any]) -> None:
    new = replace(form(), matrix=replace(MATRIX, **change))
    assert [(c.key, c.fit, c.reason) for c in classify(form(), new)] == [
        ("s3.risques", Fit.INCOMPATIBLE, "matrice des risques changée")
    ]
    assert any(problem.startswith("s3.risques : matrice") for problem in check_migration(form(), new))
    mapped = replace(new, change_class="major", migration={"s3.risques": {"kind": "same", "keep_answer": True}})
    assert check_migration(form(), mapped) == []
    reworded = replace(form(), matrix=replace(MATRIX, version="2", source="Autre", confidence="C"))
    assert classify(form(), reworded) == []


def test_fates_are_counted_by_key() -> None:
    maps = {"s2.3.mode": {"kind": "merged", "to": ["s2.3.precisions"], "keep_answer": True}}
    new = version("2.0.0", maps, s2__3__mode=None, s2__2__mesures={"label": "Vos mesures"})
    both = answers(s2__3__precisions="Liste")
    unsaid = {key: said for key, said in answers().items() if key != "s5.q4"}
    fates = simulate([([form(), new], given) for given in (answers(), both, unsaid)])
    assert (fates["s2.3.mode"].merged, sum(fates["s2.3.mode"].dropped.values())) == (2, 1)
    assert (fates["s2.2.mesures"].reconfirmed, fates["s2.2.mesures"].carried) == (3, 0)
    assert (fates["s5.q4"].carried, fates["s5.q4"].unanswered) == (2, 1)


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
        lambda e: e["snapshot"].update(schema=3),
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
