"""PostgreSQL itself refuses what the services never write."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from homologation.domain.parse import BadQuestionnaire
from homologation.models import Answer, AnswerRevision, DecisionReserve, InsiDossier, QuestionnaireVersion
from homologation.services.load import load_questionnaires
from tests.conftest import TODAY
from tests.factories.insi import case, case_in, questionnaire
from tests.integration.refusals import check_deferred, refused_by_postgres, sql
from tests.unit.homologation.forms import FILE

pytestmark = pytest.mark.django_db

UNDECLARED = [
    ("draft", "approved"),
    ("to_decide", "abandoned"),
    ("approved", "draft"),
    ("refused", "draft"),
    ("withdrawn", "approved"),
    ("replaced", "approved"),
    ("abandoned", "draft"),
]


@pytest.mark.parametrize(("state", "target"), UNDECLARED)
def test_undeclared_edge(state: str, target: str) -> None:
    one = case_in(state)
    with refused_by_postgres("(?i)transition"):
        InsiDossier.objects.filter(pk=one.pk).update(state=target)


def test_declared_edge_without_its_event() -> None:
    one = case_in("approved")
    with refused_by_postgres("without its audit event"):
        InsiDossier.objects.filter(pk=one.pk).update(state="withdrawn", ended_at=TODAY, end_reason="x")


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("draft", {"number": 99}, "identity_frozen"),
    ("draft", {"questionnaire": None}, "questions_frozen"),
    ("draft", {"snapshot": {"a": 1}}, "insi_dossier_submitted"),
    ("to_decide", {"snapshot_sha256": "x"}, "insi_dossier_submitted"),
    ("draft", {"decided_at": TODAY}, "insi_dossier_decided"),
    ("approved", {"months": 13}, "decision_final"),
    ("approved", {"snapshot": {"a": 1}}, "decision_final"),
    ("approved", {"valid_until": date(2040, 1, 1)}, "decision_final"),
    ("draft", {"ended_at": TODAY, "end_reason": "x"}, "insi_dossier_ended"),
    ("refused", {"end_reason": ""}, "insi_dossier_ended"),
    ("to_decide", {"submitted_at": TODAY - timedelta(days=1)}, "insi_dossier_dates"),
]


@pytest.mark.parametrize(("state", "change", "name"), WRONG)
def test_dates_states_and_people_go_together(state: str, change: dict[str, Any], name: str) -> None:
    one = case_in(state)
    with refused_by_postgres(name):
        InsiDossier.objects.filter(pk=one.pk).update(**change)


def test_what_is_said_is_said_for_good() -> None:
    one = case()
    one.say("s2.2.mesures", "Une fois")
    one.say("s2.2.mesures", "Deux fois")
    first, second = AnswerRevision.objects.filter(dossier=one.pk)
    with refused_by_postgres("append_only|Cannot update"):
        AnswerRevision.objects.filter(pk=first.pk).update(value="Autre")
    with refused_by_postgres("Cannot"):
        sql("DELETE FROM homologation_answerrevision WHERE id = %s", second.pk)
    check_deferred()
    with refused_by_postgres("never removed"):
        sql("TRUNCATE homologation_answerrevision CASCADE")
    with refused_by_postgres("is its last revision"):
        Answer.objects.filter(dossier=one.pk).update(revision=first)
    with refused_by_postgres("Cannot delete"):
        sql("DELETE FROM homologation_answer WHERE dossier_id = %s", one.pk)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"status": "odd"}, "answer_revision_status"),
        ({"provenance": "odd"}, "answer_revision_origin"),
        ({"value": None}, "answer_revision_value"),
        ({"status": "unknown"}, "answer_revision_value"),
        ({"status": "void", "value": None, "reason": ""}, "answer_revision_void"),
        ({"number": 0}, "answer_revision_counts"),
        ({"number": 1}, "answer_revision_number"),
    ],
)
def test_a_revision_that_says_two_things(change: dict[str, Any], name: str) -> None:
    one = case()
    one.say("s4.destinataire", "Le titulaire")
    given = {"number": 2, "value": "x", "status": "modified", "provenance": "user", "reason": ""} | change
    with refused_by_postgres(name):
        AnswerRevision.objects.create(
            dossier_id=one.pk, key="s4.destinataire", said_at=TODAY, role="titulaire", **given
        )


def test_nothing_is_said_past_every_layer_once_it_is_submitted() -> None:
    one = case_in("to_decide")
    with refused_by_postgres("not being filled in"):
        AnswerRevision.objects.create(
            dossier_id=one.pk,
            key="s2.1.precisions",
            number=1,
            value="x",
            status="modified",
            provenance="user",
            said_at=TODAY,
            role="titulaire",
        )


def test_one_open_and_one_approved() -> None:
    one = case_in("approved")
    new = one.again().dossier
    with refused_by_postgres("insi_dossier_one_open|insi_dossier_number"):
        InsiDossier.objects.create(
            programme_id=new.programme_id,
            pharmacy_id=new.pharmacy_id,
            number=9,
            questionnaire=new.questionnaire,
            opened_at=TODAY,
            opened_by_id=new.opened_by_id,
        )
    with refused_by_postgres("Cannot delete"):
        sql("DELETE FROM homologation_insidossier WHERE id = %s", new.pk)


def test_a_reserve_is_frozen() -> None:
    one = case_in("draft")
    reserve = DecisionReserve.objects.create(
        dossier_id=one.pk, position=1, text="À faire", owner="Moi", due_on=date(2023, 1, 1)
    )
    with refused_by_postgres("reserve_frozen"):
        DecisionReserve.objects.filter(pk=reserve.pk).update(due_on=date(2024, 1, 1))


def test_the_form_is_loaded_once_and_locked(tmp_path: Path) -> None:
    assert load_questionnaires() == []
    with refused_by_postgres("Cannot"):
        QuestionnaireVersion.objects.filter(pk=questionnaire().pk).update(title="Autre")
    folder = tmp_path / "PHA-LGO-Va1"
    folder.mkdir()
    text = FILE.read_text()
    (folder / "questionnaire-insi-1.0.0.toml").write_text(text.replace('title = "Traitements"', 'title = "Autre"'))
    with pytest.raises(BadQuestionnaire, match="déjà chargée avec un autre contenu"):
        load_questionnaires(tmp_path)
    (folder / "questionnaire-insi-1.0.0.toml").write_text(text)
    later = text.replace('version = "1.0.0"', 'version = "1.10.0"').replace("most = 24", "most = 12")
    (folder / "questionnaire-insi-1.10.0.toml").write_text(later)
    with pytest.raises(BadQuestionnaire, match=r"s2\.2\.frequence_revue : maximum abaissé"):
        load_questionnaires(tmp_path)
    (folder / "questionnaire-insi-1.10.0.toml").write_text(later.replace("most = 12", "most = 36"))
    assert [version.number for version in load_questionnaires(tmp_path)] == [2]


def test_the_choices_of_a_stored_form_keep_their_order() -> None:
    """As the file gives them: « Faible, Modérée, Forte »."""
    stored = QuestionnaireVersion.objects.get(pk=questionnaire().pk)
    gravity = stored.form.by_key["s3.risques"].named_columns["gravite"]
    assert list(gravity.choices.values()) == ["Faible", "Modérée", "Forte"]
