"""The two scores, what blocks, and each quality rule on both sides of its border."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from homologation.domain.answers import Answer, Status
from homologation.domain.completeness import Score, assess
from homologation.domain.decision import (
    DossierFacts,
    guard_approve,
    guard_decide,
    guard_submit,
)
from homologation.domain.parse import parse
from homologation.domain.quality import findings
from homologation.domain.risks import is_monotone, level
from tests.unit.homologation.forms import CONTEXT, answers, content, form, person, risk, values


def test_a_faultless_form_has_nothing_to_say() -> None:
    found = assess(form(), answers(), CONTEXT)
    assert found.findings == ()
    assert found.entry == found.validation and found.validation.percent == 100


def test_scores_are_floored_and_never_rounded_to_100() -> None:
    assert Score(199, 200).percent == 99 and Score(1, 3).percent == 33
    assert Score(0, 0).percent == 100 and Score(3, 3).whole


def test_a_proposal_is_entered_not_validated() -> None:
    given = answers() | {"s2.3.mode": Answer("mensuel", Status.PROPOSED)}
    found = assess(form(), given, CONTEXT)
    assert found.entry.whole and found.validation.done == found.validation.total - 1
    assert [(f.rule, f.key, f.owner) for f in found.blockers] == [("INSI-C02", "s2.3.mode", "titulaire")]


def test_unknown_counts_as_entered_only() -> None:
    found = assess(form(), answers() | {"s2.3.mode": Answer(None, Status.UNKNOWN)}, CONTEXT)
    assert found.entry.whole and not found.validation.whole
    assert [(f.rule, f.owner) for f in found.blockers] == [("INSI-C03", "editor")]


def test_void_counts_with_a_reason_where_it_may() -> None:
    for key, reason, whole in (
        ("s2.2.derniere_revue", "Ouverture hier", True),
        ("s2.2.derniere_revue", " ", False),
        ("s2.3.mode", "Pas chez nous", False),
    ):
        found = assess(form(), answers() | {key: Answer(None, Status.VOID, reason)}, CONTEXT)
        assert found.validation.whole is whole


def test_hidden_questions_count_for_nothing() -> None:
    with_card = assess(form(), answers(), CONTEXT)
    with_certificate = assess(form(), answers(s2__1__moyens=["certificat"]), CONTEXT)
    assert with_certificate.entry.total == with_card.entry.total + 3
    assert with_certificate.entry.done == with_card.entry.done


RULES: list[tuple[str, dict[str, Any], bool, dict[str, Any]]] = [
    # rule, what breaks it, blocking, what does not
    ("INSI-R01", {"s3__risques": [risk("x"), risk("y")]}, True, {}),
    (
        "INSI-R02",
        {"s3__risques": [risk("x", gravite="forte", mesures="", acceptation="Oui"), risk("y"), risk("z")]},
        True,
        {"s3__risques": [risk("x", mesures=""), risk("y"), risk("z")]},
    ),
    (
        "INSI-R03",
        {
            "s3__risques": [
                risk("x", gravite_residuelle="forte", vraisemblance_residuelle="moderee", acceptation="Oui"),
                risk("y"),
                risk("z"),
            ]
        },
        True,
        {
            "s3__risques": [
                risk("x", gravite_residuelle="moderee", vraisemblance_residuelle="moderee"),
                risk("y"),
                risk("z"),
            ]
        },
    ),
    (
        "INSI-R04",
        {
            "s3__risques": [
                risk("x", mesures=" ", gravite_residuelle="faible", vraisemblance_residuelle="moderee"),
                risk("y"),
                risk("z"),
            ]
        },
        True,
        {
            "s3__risques": [
                risk("x", gravite_residuelle="faible", vraisemblance_residuelle="moderee"),
                risk("y"),
                risk("z"),
            ]
        },
    ),
    ("INSI-R05", {"s2__2__derniere_revue": "2022-05-14"}, False, {"s2__2__derniere_revue": "2022-05-15"}),
    ("INSI-R06", {"s2__1__certificat_expiration": "2022-11-14"}, True, {"s2__1__certificat_expiration": "2023-01-14"}),
    ("INSI-R06", {"s2__1__certificat_expiration": "2023-01-13"}, False, {}),
    (
        "INSI-R09",
        {
            "s2__2__mesures": "le pharmacien et le préparateur en pharmacie sont habilités à appeler le téléservice INSi. Les habilitations sont revues régulièrement par le pharmacien titulaire"
        },
        False,
        {"s2__2__mesures": "Les habilitations sont revues régulièrement par le pharmacien titulaire."},
    ),
    ("INSI-R10", {"s5__q3__contact": "  "}, True, {"s5__q3": None, "s5__q3__contact": None}),
    ("INSI-R11", {"s2__3__conservation_mois": 37}, True, {"s2__3__conservation_mois": 6}),
    ("INSI-R11", {"s2__3__conservation_mois": 37, "s2__3__justification": "Contrôle interne"}, False, {}),
    ("INSI-R11", {"s2__3__conservation_mois": 5}, False, {}),
    ("INSI-R11", {"s2__3__conservation_mois": 13}, False, {}),
    ("INSI-R13", {"s2__2__personnes": [person("1", "adjoint")]}, True, {"s2__2__personnes": [person("1")]}),
    (
        "INSI-R14",
        {"s2__2__personnes": [person("1"), person("2", "maintenance")]},
        True,
        {"s2__2__personnes": [person("1"), person("2", "maintenance", jusqu_au="2022-12-01")]},
    ),
    ("INSI-R15", {"s1__logiciels": [{"row": "a", "nom": "X", "nature": "autre"}]}, True, {}),
    (
        "INSI-R16",
        {"s3__risques": [risk("x", gravite="forte"), risk("y"), risk("z")]},
        True,
        {"s3__risques": [risk("x", gravite="forte", acceptation="Assumé par le titulaire"), risk("y"), risk("z")]},
    ),
    ("INSI-R17", {"s5__q4": False}, False, {"s5__q1": False}),
    ("INSI-R05", {"s2__2__derniere_revue": "2022-11-16"}, True, {"s2__2__derniere_revue": "2022-11-15"}),
    (
        "INSI-R13",
        {"s2__2__personnes": [person("1", jusqu_au="2022-11-14"), person("2", "adjoint")]},
        True,
        {"s2__2__personnes": [person("1", jusqu_au="2022-11-15")]},
    ),
    (
        "INSI-R18",
        {"s3__risques": [risk("x", mesures=" "), risk("y"), risk("z")]},
        True,
        {"s3__risques": [risk("x"), risk("y"), risk("z")]},
    ),
    ("INSI-R19", {"s4__rapport": False}, False, {}),
]


@pytest.mark.parametrize(("rule", "broken", "blocking", "kept"), RULES)
def test_each_rule_on_both_sides(rule: str, broken: dict[str, Any], blocking: bool, kept: dict[str, Any]) -> None:
    found = findings(form(), values(**broken), CONTEXT)
    assert [(f.rule, f.blocking) for f in found] == [(rule, blocking)]
    assert rule not in {f.rule for f in findings(form(), values(**kept), CONTEXT)}


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("INSI-R07", {"software": "suspended"}),
        ("INSI-R07", {"software": "withdrawn"}),
        ("INSI-R07", {"software": "unreferenced"}),
        ("INSI-R08", {"report_users": frozenset({"u1", "inconnu"})}),
        ("INSI-R12", {"report_missing": True}),
    ],
)
def test_rules_on_what_is_known_elsewhere(rule: str, change: dict[str, Any]) -> None:
    assert [f.rule for f in findings(form(), values(), replace(CONTEXT, **change))] == [rule]
    assert findings(form(), values(), replace(CONTEXT, report_users=frozenset({"u1", "u2"}))) == []


def test_a_row_left_as_the_example_is_flagged() -> None:
    example = dict(form().by_key["s3.risques"].examples[2])
    same = values(s3__risques=[example | {"row": "e"}, risk("y"), risk("z")])
    assert [(f.rule, f.row, f.blocking) for f in findings(form(), same, CONTEXT)] == [("INSI-R09", "e", False)]
    own = values(s3__risques=[example | {"row": "e", "mesures": "Chacun ferme sa session."}, risk("y"), risk("z")])
    assert findings(form(), own, CONTEXT) == []


EXAMPLE = dict(form().by_key["s3.risques"].examples[2])


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (EXAMPLE | {"responsable": "Le titulaire", "echeance": "2023-01-01"}, "cette ligne"),
        (EXAMPLE | {"risque": "Nos sessions restent ouvertes"}, "« Mesures mises en œuvre »"),
        (EXAMPLE | {"mesures": f"Ex : {EXAMPLE['mesures']}"}, "cette ligne"),
    ],
)
def test_an_example_copied_is_flagged_whatever_stands_beside(row: dict[str, Any], words: str) -> None:
    found = findings(form(), values(s3__risques=[row | {"row": "e"}, risk("y"), risk("z")]), CONTEXT)
    assert [(f.rule, f.row) for f in found] == [("INSI-R09", "e")] and words in found[0].message


def test_an_example_pasted_with_its_mark_is_flagged() -> None:
    for key in ("s2.2.mesures", "s2.1.precisions"):
        given = values(**{key: form().by_key[key].help})
        assert [(f.rule, f.key) for f in findings(form(), given, CONTEXT)] == [("INSI-R09", key)]
    named = [{**values()["s1.logiciels"][0], "nom": "Ex : nom du LGO"}]
    assert [f.rule for f in findings(form(), values(s1__logiciels=named), CONTEXT)] == ["INSI-R09"]


def test_a_proposed_reason_lifts_nothing_until_it_is_confirmed() -> None:
    given = answers(s2__3__conservation_mois=48, s2__3__justification="Contrôle interne")
    key = "s2.3.justification"
    assert [f.rule for f in assess(form(), given, CONTEXT).blockers] == []
    proposed = given | {key: replace(given[key], status=Status.PROPOSED)}
    blockers = assess(form(), proposed, CONTEXT).blockers
    assert [f.rule for f in blockers] == ["INSI-R11"] and "confirmez la justification" in blockers[0].message


def test_what_a_table_misses_is_said_row_by_row() -> None:
    def said(*rows: dict[str, Any]) -> str:
        found = assess(form(), answers(s3__risques=list(rows)), CONTEXT).findings
        return next(f.message for f in found if f.rule == "INSI-C01")

    assert said(risk("x"), {"row": "y", "risque": "R", "gravite": "faible"}) == (
        "Le tableau n’est pas complet : ajoutez 1 ligne ; remplissez « Vraisemblance » à la ligne 2."
    )
    many = [{"row": f"r{n}", "risque": "R"} for n in range(8)]
    assert "« Gravité », « Vraisemblance » à la ligne 5 ; et 3 autres lignes." in said(*many)
    found = assess(form(), answers(s4__destinataire=None), CONTEXT).findings
    assert [f.message for f in found] == ["La réponse manque : répondez à la question."]


@pytest.mark.parametrize(
    ("changes", "context", "words"),
    [
        (
            {"s3__risques": [risk("x", gravite="forte", mesures="", acceptation="Oui"), risk("y"), risk("z")]},
            {},
            "Écrivez",
        ),
        ({}, {"report_users": frozenset({"inconnu"})}, "ajoutez la personne"),
        ({"s2__2__personnes": [person("1", "adjoint")]}, {}, "ajoutez-le"),
    ],
)
def test_each_message_says_what_to_do(changes: dict[str, Any], context: dict[str, Any], words: str) -> None:
    assert [words in f.message for f in findings(form(), values(**changes), replace(CONTEXT, **context))] == [True]


def test_no_monthly_report_asks_for_a_reserve() -> None:
    facts = DossierFacts(assess(form(), answers(s4__rapport=False), CONTEXT), "h", "h")
    assert guard_submit(facts) == [] and [r.code for r in guard_approve(facts)] == ["needs_reserve"]


def test_levels_keep_their_order_whatever_that_of_the_stored_keys() -> None:
    stored = deepcopy(content())
    levels = stored["risk_matrix"]["levels"]
    stored["risk_matrix"]["levels"] = {key: levels[key] for key in sorted(levels, key=lambda key: (len(key), key))}
    assert list(stored["risk_matrix"]["levels"]) == ["fort", "faible", "modere"]  # as PostgreSQL gives them back
    assert list(parse(stored).matrix.levels) == ["faible", "modere", "fort"]


def test_the_matrix_is_monotone_and_the_examples_moderate() -> None:
    matrix = form().matrix
    assert is_monotone(matrix)
    assert not is_monotone(replace(matrix, grid=(("fort", "faible", "faible"), *matrix.grid[1:])))
    examples = form().by_key["s3.risques"].examples
    assert [level(matrix, e["gravite"], e["vraisemblance"]) for e in examples] == ["modere"] * 4


def test_submission_and_decision() -> None:
    whole = DossierFacts(assess(form(), answers(), CONTEXT), "h", "h")
    assert guard_submit(whole) == guard_decide(whole) == guard_approve(whole) == []
    assert [r.code for r in guard_decide(replace(whole, current_sha256="other"))] == ["other_snapshot"]
    proposed = assess(form(), answers(Status.PROPOSED), CONTEXT)
    assert [r.code for r in guard_submit(replace(whole, assessment=proposed))] == ["not_validated"]
    blocked = assess(form(), answers(s5__q3__contact=None), CONTEXT)
    assert [r.code for r in guard_submit(replace(whole, assessment=blocked))] == ["blocked"]
    no = replace(whole, assessment=assess(form(), answers(s5__q4=False), CONTEXT))
    assert guard_decide(no) == [] and [r.code for r in guard_approve(no)] == ["needs_reserve"]
