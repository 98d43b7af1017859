"""A case from its alert to its end: who may, what each step needs, what PostgreSQL refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from homologation.domain.cases import SUPERVISION_CASE
from homologation.models import Breach, PracticeReminder, SupervisionCase
from homologation.services import cases
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.common.refusals import Refused
from portal.outbox.models import Notice
from portal.outbox.services.deliver import deliver_pending
from portal.registry.models import Pharmacy
from tests.conftest import TODAY
from tests.factories import people
from tests.factories.supervision import alerted, brought_to
from tests.integration.homologation.test_duties import preparateur
from tests.integration.refusals import refused_by_postgres, sql

pytestmark = pytest.mark.django_db


def opened() -> tuple[SupervisionCase, Actor, Pharmacy]:
    place, company = people.pharmacy(), people.supplier()
    people.member(company.organisation, Role.SUPPLIER)
    return alerted(place, company), people.attach(place, Role.TITULAIRE), place


@pytest.mark.parametrize("state", ["detail_asked", "detail_received", "analysed", "acted", "escalated"])
def test_every_state_is_reached(state: str) -> None:
    case, titulaire, _ = opened()
    assert brought_to(case, state, titulaire).state == state


def test_a_legitimate_cause_needs_no_action_and_a_misuse_does() -> None:
    case, titulaire, _ = opened()
    assert brought_to(case, "closed", titulaire, misuse=False).end_note == "Rien d’anormal."
    case, titulaire, _ = opened()
    with pytest.raises(Refused, match="appelle une action"):
        brought_to(case, "closed", titulaire)


def test_reminders_are_acknowledged_one_by_one_before_the_end() -> None:
    case, titulaire, place = opened()
    adjoint = people.attach(place, Role.ADJOINT)
    brought_to(case, "acted", titulaire)
    key: dict[str, Any] = {"case_id": case.pk}
    with pytest.raises(Refused, match="Rappels encore à lire : 1"):
        cases.close(**key, actor=titulaire, note="Fini.")
    reminder = PracticeReminder.objects.get(case=case)
    for day in (date(2022, 11, 14), date(2022, 11, 16)):
        with pytest.raises(Refused, match="15/11/2022"):
            cases.acknowledge(**key, actor=adjoint, reminder_id=reminder.pk, read_on=day)
    with pytest.raises(Refused, match="Choisissez une personne"):
        cases.acknowledge(**key, actor=adjoint, reminder_id=0, read_on=TODAY.date())
    cases.acknowledge(**key, actor=adjoint, reminder_id=reminder.pk, read_on=TODAY.date())
    with pytest.raises(Refused, match="rien à noter"):
        cases.acknowledge(**key, actor=adjoint, reminder_id=reminder.pk, read_on=TODAY.date())
    assert cases.close(**key, actor=titulaire, note="Fini.").state == "closed"
    with refused_by_postgres("read_once"):
        PracticeReminder.objects.filter(pk=reminder.pk).update(read_on=date(2022, 11, 14))


def test_people_are_named_only_with_a_reminder() -> None:
    case, titulaire, _ = opened()
    brought_to(case, "analysed", titulaire)
    for actions, recipients in ((["reminder"], []), (["rights"], ["Anne"])):
        with pytest.raises(Refused, match="une personne par ligne"):
            cases.engage(case_id=case.pk, actor=titulaire, actions=actions, action="Vu.", recipients=recipients)


TEXTS: dict[str, tuple[str, Callable[..., Any]]] = {
    "detail": ("detail_asked", lambda **k: cases.receive_detail(**k, detail="Patient 1841276451089")),
    "analysis": ("alert", lambda **k: cases.analyse(**k, cause="care", analysis="1 84 12 76 451 089")),
    "recipients": (
        "analysed",
        lambda **k: cases.engage(**k, actions=["reminder"], action="Vu.", recipients=["1841276451089"]),
    ),
    "note": ("analysed", lambda **k: cases.escalate(**k, note="Pour 184127645108946")),
}


@pytest.mark.parametrize("field", list(TEXTS))
def test_no_patient_number_is_written(field: str) -> None:
    state, act = TEXTS[field]
    case, titulaire, _ = opened()
    brought_to(case, state, titulaire)
    with pytest.raises(Refused) as refused:
        act(case_id=case.pk, actor=titulaire)
    assert [(one.code, one.field) for one in refused.value.refusals] == [("patient_number", field)]


@pytest.mark.parametrize(
    "verb", [t.verb for t in SUPERVISION_CASE.transitions if t.verb not in ("drop", "acknowledge", "read")]
)
def test_an_adjoint_prepares_and_the_titulaire_decides(verb: str) -> None:
    """A stranger of another pharmacy may nothing at all."""
    before = {"ask_detail": "alert", "receive_detail": "detail_asked", "analyse": "alert"}.get(verb, "analysed")
    case, titulaire, place = opened()
    brought_to(case, before, titulaire, misuse=False)
    every: dict[str, dict[str, Any]] = {
        "receive_detail": {"detail": "Vu."},
        "analyse": {"cause": "care", "analysis": "Vu."},
        "engage": {"actions": ["ticket"], "action": "Vu."},
        "close": {"note": "Vu."},
        "escalate": {"note": "Vu."},
    }
    given = every.get(verb, {})
    act = getattr(cases, verb)
    stranger = people.attach(people.pharmacy(), Role.TITULAIRE)
    with pytest.raises(Refused, match="ne vous revient pas"):
        act(case_id=case.pk, actor=stranger, **given)
    adjoint = people.attach(place, Role.ADJOINT)
    if Role.ADJOINT not in SUPERVISION_CASE.transition(verb).roles:
        with pytest.raises(Refused, match="ne vous revient pas"):
            act(case_id=case.pk, actor=adjoint, **given)
        adjoint = titulaire
    act(case_id=case.pk, actor=adjoint, **given)


def test_the_supplier_is_asked_without_any_figure_and_a_suspicion_is_told() -> None:
    case, titulaire, place = opened()
    deliver_pending()
    Notice.objects.all().delete()
    brought_to(case, "detail_asked", titulaire)
    deliver_pending()
    [asked] = Notice.objects.all()
    assert place.finess in asked.body and "30/11/2022" in asked.body and "120" not in asked.body
    brought_to(case, "escalated", titulaire)
    deliver_pending()
    [told] = Notice.objects.filter(subject__startswith="Suspicion de violation VIO-2022-0001")
    breach = Breach.objects.get(pharmacy=place)
    assert (breach.state, breach.source, breach.detected_at) == ("suspicion", "alert", case.opened_at)
    assert breach.signs.endswith("Consultations sans motif.") and told.link == breach.get_absolute_url()


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("alert", {"who": "everybody"}, "alert_frozen"),
    ("alert", {"detail_due_on": date(2022, 12, 1)}, "supervision_case_asked"),
    ("alert", {"detail": "x"}, "supervision_case_received"),
    ("alert", {"cause": "care"}, "supervision_case_analysed"),
    ("analysed", {"analysis": ""}, "supervision_case_analysed"),
    ("analysed", {"action": "x"}, "supervision_case_acted"),
    ("acted", {"actions": []}, "supervision_case_acted"),
    ("acted", {"end_note": "x"}, "supervision_case_ended"),
    ("escalated", {"end_note": "autre"}, "ended_final"),
]


@pytest.mark.parametrize(("state", "change", "name"), WRONG)
def test_states_dates_and_words_go_together(state: str, change: dict[str, Any], name: str) -> None:
    case, titulaire, _ = opened()
    brought_to(case, state, titulaire)
    with refused_by_postgres(name):
        SupervisionCase.objects.filter(pk=case.pk).update(**change)


def test_proofs_stay() -> None:
    case, titulaire, _ = opened()
    brought_to(case, "acted", titulaire)
    for table in ("supervisioncase", "practicereminder"):
        with refused_by_postgres("Cannot delete"):
            sql(f"DELETE FROM homologation_{table}")  # noqa: S608


def test_whoever_a_reminder_names_is_told_of_it_alone() -> None:
    case, titulaire, place = opened()
    lea, other = preparateur(place), preparateur(place, "Zoé")
    adjoint = people.attach(place, Role.ADJOINT)
    cases.analyse(case_id=case.pk, actor=titulaire, cause="care", analysis="Vu.")
    names = [lea.name, "Une personne sans compte"]
    cases.engage(case_id=case.pk, actor=titulaire, actions=["reminder"], action="Remis.", recipients=names)
    deliver_pending()
    told = Notice.objects.filter(subject__contains="rappel des bonnes pratiques")
    assert [(one.user_id, one.link) for one in told] == [(lea.user_id, reverse("homologation:duties"))]
    assert not told.filter(user__in=[other.user_id, adjoint.user_id]).exists()


def test_a_detail_that_is_late_is_recalled_once_and_not_once_it_came() -> None:
    case, titulaire, _ = opened()
    brought_to(case, "detail_asked", titulaire)
    due = SupervisionCase.objects.get(pk=case.pk).detail_due_on
    assert due == date(2022, 11, 30) and cases.remind_late_details(due) == 0
    for day in (due + timedelta(days=1), due + timedelta(days=5)):
        assert cases.remind_late_details(day) == 1
    deliver_pending()
    assert Notice.objects.filter(subject="Détail des appels INSi de 10/2022 : pas encore reçu").count() == 1
    assert Notice.objects.filter(subject__startswith="Détail des appels INSi en retard").count() == 1
    case, titulaire, _ = opened()
    brought_to(case, "detail_asked", titulaire)
    assert cases.remind_late_details(due + timedelta(days=1)) == 2
    cases.receive_detail(case_id=case.pk, actor=titulaire, detail="Reçu.")
    deliver_pending()
    assert Notice.objects.filter(subject__endswith="pas encore reçu").count() == 1
