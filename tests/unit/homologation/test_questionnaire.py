"""The catalogue's form is the official one, word for word; a file that says something else is refused with its key."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from homologation.domain.answers import Status, check_statement, check_value, is_complete
from homologation.domain.parse import BadQuestionnaire, parse
from homologation.domain.visibility import check_rule, holds, visible
from tests.unit.homologation.forms import VALUES, content, form, person, values

TITLES = [
    "Etat des lieux de vos logiciels",
    "Traitements",
    "Risques principaux identifiés",
    "Modalités de supervision pour détecter les anomalies et un accès indésirable aux données d'identité",
    "Procédure à suivre en cas de violation de données ou de suspicion de données",
]
QUESTIONS = {
    "s1.logiciels": "Citer le nom de votre LGO qui appelle / appellera les différentes opérations du téléservice INSi (opération de récupération et/ou vérification) + lister les applications internes qui recevront l'INSi véhiculée par le LGO et préciser pour chacun le planning prévisionnel de mise en conformité du logiciel sur l'agrément INSi.",
    "s2.1.moyens": "2.1. Lister les modalités d'identification électronique qui sont / seront utilisées dans votre LGO pour s'identifier au téléservice INSi.",
    "s2.2.personnes": "2.2. Lister les personnes habilitées à accéder au téléservice INSi et les mesures de revue de ces droits.",
    "s2.3.modalites": "2.3. Lister les méthodes de traçabilité (durée de conservation des traces, ...). Si besoin, rapprochez-vous de votre éditeur pour obtenir ces informations.",
    "s3.risques": "Lister 3 principaux risques identifiés. Pour chaque risque, indiquer sa vraisemblance, sa gravité, et les mesures mises en œuvre pour réduire le risque.",
    "s5.q1": "Avez-vous mis en place des mesures pour prévenir les violations de données et réagir de manière appropriée en cas d'incident ? Quelles sont-elles ?",
    "s5.q2": "Votre organisation peut-elle garantir que la documentation de toutes les violations de données est à disposition de l'autorité de contrôle, dans le cadre de l'exécution de ses missions ?",
    "s5.q3": "Votre organisation est-elle en mesure de prévenir l'autorité de contrôle compétente de toute violation de données dans les 72 heures, après en avoir pris connaissance ?",
    "s5.q4": "En cas de retard dans la notification de la violation, votre organisation est-elle en mesure de documenter les motifs et les raisons de ce retard ?",
}
HELPS = {
    "s2.1.precisions": "Ex : L'appel au téléservice INSi se fera depuis LGO via carte CPx nominative ou certificat logiciel.",
    "s2.2.mesures": "Ex : Le pharmacien et le préparateur en pharmacie sont habilités à appeler le téléservice INSi. Les habilitations sont revues régulièrement par le pharmacien titulaire.",
    "s2.3.precisions": "Ex : mise à disposition à la demande / tous les mois par l'éditeur du LGO concerné d'une liste des logs ou téléservice INSi ou d'une liste de travail recensant les appels au téléservice INSi par utilisateur.",
}


def test_the_form_is_the_official_one() -> None:
    assert [section.title for section in form().sections] == TITLES
    asked = form().by_key
    assert {key: asked[key].label for key in QUESTIONS} == QUESTIONS
    assert {key: asked[key].help for key in HELPS} == HELPS
    assert all(asked[key].official for key in QUESTIONS)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"type": "colour"}, "s2.3.mode.type"),
        ({"owner": "nobody"}, "s2.3.mode.owner"),
        ({"choices": {}}, "s2.3.mode : un choix a des réponses"),
        ({"key": "s2.1.moyens"}, "s2.1.moyens : une clé est unique"),
        ({"key": "s3.mode"}, "s3.mode : question d’une autre section"),
        ({"visible_if": {"eq": ["s5.q1", True]}}, "s2.3.mode.visible_if"),
        ({"min_rows": 9, "max_rows": 3}, "min_rows dépasse"),
        ({"columns": [{"key": "a", "type": "text", "label": "A"}]}, "un tableau a des colonnes"),
    ],
)
def test_a_file_that_says_something_else(change: dict[str, Any], said: str) -> None:
    other = deepcopy(content())
    question = next(q for s in other["sections"] for q in s["questions"] if q["key"] == "s2.3.mode")
    question.update(change)
    with pytest.raises(BadQuestionnaire, match=said):
        parse(other)


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("version", "2", "version"),
        ("change_class", "huge", "change_class"),
        ("risk_matrix", {"grid": [["faible"]]}, "3 lignes"),
        ("risk_matrix", {"grid": [["faible", "faible", "noir"]] * 3}, "niveaux inconnus"),
    ],
)
def test_a_head_that_says_something_else(name: str, change: Any, said: str) -> None:
    other = deepcopy(content())
    other[name] = other[name] | change if isinstance(change, dict) else change
    with pytest.raises(BadQuestionnaire, match=said):
        parse(other)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (None, True),
        ({"eq": ["a", True]}, True),
        ({"eq": ["a", 1]}, False),
        ({"has": ["b", "x"]}, True),
        ({"has": ["a", "x"]}, False),
        ({"more": ["n", 12]}, False),
        ({"more": ["n", 11]}, True),
        ({"more": ["a", 0]}, False),
        ({"answered": "z"}, False),
        ({"not": {"answered": "z"}}, True),
        ({"all": [{"answered": "a"}, {"answered": "z"}]}, False),
        ({"any": [{"answered": "a"}, {"answered": "z"}]}, True),
    ],
)
def test_visibility(rule: Any, expected: bool) -> None:
    assert check_rule(rule, {"a", "b", "n", "z"}) == ""
    assert holds(rule, {"a": True, "b": ["x"], "n": 12}) is expected


@pytest.mark.parametrize("rule", [{"__import__": "os"}, {"eq": ["unknown", 1]}, {"eq": "a"}, "a", {"all": "a"}, {}])
def test_a_rule_that_is_not_one(rule: Any) -> None:
    assert check_rule(rule, {"a"})


def test_hidden_questions_hide_those_that_depend_on_them() -> None:
    keys = {q.key for q in visible(form(), values())}
    assert "s2.1.certificat" not in keys and "s5.q3.contact" in keys
    keys = {q.key for q in visible(form(), values(s2__1__moyens=["certificat"], s5__q3=False))}
    assert "s2.1.certificat" in keys and "s5.q3.contact" not in keys


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("s2.2.frequence_revue", "6", "bad_value"),
        ("s2.2.frequence_revue", True, "bad_value"),
        ("s2.2.frequence_revue", 0, "out_of_bounds"),
        ("s2.2.frequence_revue", 25, "out_of_bounds"),
        ("s2.2.derniere_revue", "15/11/2022", "bad_value"),
        ("s2.2.derniere_revue", "2022-02-30", "bad_value"),
        ("s2.3.mode", "parfois", "bad_value"),
        ("s2.3.modalites", ["logs", "logs"], "bad_value"),
        ("s5.q1", "oui", "bad_value"),
        ("s2.2.mesures", "x" * 4001, "too_long"),
        ("s2.2.mesures", "Patient 1 85 05 78 006 084 36", "patient_number"),
        ("s2.2.personnes", {}, "bad_value"),
        ("s2.2.personnes", [person("1"), person("1")], "bad_rows"),
        ("s2.2.personnes", [person("1", secret="x")], "unknown_column"),
        ("s2.2.personnes", [person("1", personne="185057800608436")], "patient_number"),
        ("s2.2.personnes", [person("1", depuis="hier")], "bad_value"),
    ],
)
def test_values_that_do_not_fit(key: str, value: Any, code: str) -> None:
    assert [refusal.code for refusal in check_value(form().by_key[key], value)] == [code]


def test_a_wrong_cell_is_named() -> None:
    people = [person("1"), person("2", depuis="hier")]
    assert check_value(form().by_key["s2.2.personnes"], people)[0].field == "s2.2.personnes-2-depuis"


def test_every_faultless_value_fits_and_is_complete() -> None:
    for key, value in VALUES.items():
        assert check_value(form().by_key[key], value) == []
        assert is_complete(form().by_key[key], value)


def test_a_table_is_complete_with_its_rows_and_cells() -> None:
    risks = form().by_key["s3.risques"]
    assert not is_complete(risks, VALUES["s3.risques"][:2])
    assert not is_complete(risks, [*VALUES["s3.risques"][:2], {"row": "z", "risque": "Sans niveau"}])


def test_why_there_is_no_value() -> None:
    voidable, other = form().by_key["s2.2.derniere_revue"], form().by_key["s2.3.mode"]
    assert [r.code for r in check_statement(voidable, Status.VOID, None, " ")] == ["missing_reason"]
    assert check_statement(voidable, Status.VOID, None, "Pharmacie ouverte hier") == []
    assert [r.code for r in check_statement(other, Status.VOID, None, "non")] == ["not_voidable"]
    assert check_statement(other, Status.UNKNOWN, None, "") == []
    assert [r.code for r in check_statement(other, Status.UNKNOWN, None, "1850578006084")] == ["patient_number"]
