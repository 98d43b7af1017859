"""One case of supervision: what was found, what was done, and the acts that carry it on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from homologation.catalogue import terms
from homologation.domain.supervision import WHO_LABELS
from homologation.domain.terms import to_confirm
from homologation.forms.supervision import ActionForm, AnalysisForm, DetailForm, NoteForm, ReadForm
from homologation.models import SupervisionCase
from homologation.selectors import programme_now
from homologation.services import cases
from homologation.services.cases import CASES
from homologation.services.feedback import risks_of
from homologation.supervision_selectors import breach_of, get_case, reminders_of, reminders_to_note, staff_of
from homologation.views.evidence import joined_to
from homologation.views.supervision import case_line
from portal.accounts.actors import Actor
from portal.common import clock
from portal.ui.forms import PortalForm
from portal.workflow.execute import allowed_actions
from portal.workflow.views import ActView, actor_of


@require_safe
def board(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The case, from its alert to its end."""
    actor = actor_of(request)
    case = get_case(actor, pk)
    names = staff_of(case.pharmacy_id).names
    verbs = allowed_actions(CASES, case, actor, parties=frozenset({actor.role}))
    context = {
        **case_line(case),
        "who": WHO_LABELS[case.who],
        "alerts": [{**alert, "name": names.get(alert["user"], "")} for alert in case.alerts],
        "reminders": reminders_of(case),
        "breach": breach_of(case),
        "pieces": joined_to(case),
        "actions": [(t.label, reverse(f"homologation:case_{t.verb}", args=[pk])) for t in verbs],
    }
    return render(request, "homologation/case.html", context)


class CaseAct(ActView):
    """An act on a case of one's pharmacy."""

    machine = CASES

    def find(self, actor: Actor, pk: UUID) -> SupervisionCase:
        """The case, or 404."""
        return get_case(actor, pk)


class AskDetail(CaseAct):
    verb, title = "ask_detail", "Demander le détail à l’éditeur"
    submit_label, done = "Demander le détail", "C’est demandé à votre éditeur."

    def page_context(self, obj: SupervisionCase, actor: Actor) -> dict[str, Any]:
        detail = terms(programme_now(clock.business_now())).detail
        intro = (
            "Votre éditeur reçoit votre demande dans le portail : il vous envoie le détail des appels par utilisateur. "
            f"Délai pour répondre : {detail.days} jours.{to_confirm(detail.confirmed)}"
        )
        return {**super().page_context(obj, actor), "intro": intro}

    def perform(self, obj: SupervisionCase, actor: Actor, data: dict[str, Any]) -> None:
        cases.ask_detail(case_id=obj.pk, actor=actor)


class ReceiveDetail(CaseAct):
    verb, title, form_class = "receive_detail", "Noter le détail reçu", DetailForm
    submit_label, done = "Noter", "C’est noté."

    def perform(self, obj: SupervisionCase, actor: Actor, data: dict[str, Any]) -> None:
        cases.receive_detail(case_id=obj.pk, actor=actor, **data)


class Analyse(CaseAct):
    verb, title, form_class = "analyse", "Dire la cause", AnalysisForm
    intro = "Des appels sans prescription peuvent être légitimes. Dites ce qui les explique."
    submit_label, done = "Enregistrer l’analyse", "L’analyse est enregistrée."

    def perform(self, obj: SupervisionCase, actor: Actor, data: dict[str, Any]) -> None:
        cases.analyse(case_id=obj.pk, actor=actor, **data)


class Engage(CaseAct):
    verb, title, form_class = "engage", "Engager une action", ActionForm
    submit_label, done = "Engager", "L’action est engagée."

    def perform(self, obj: SupervisionCase, actor: Actor, data: dict[str, Any]) -> None:
        cases.engage(case_id=obj.pk, actor=actor, **data)


class Acknowledge(CaseAct):
    verb, title = "acknowledge", "Noter une prise de connaissance"
    submit_label, done = "Noter", "C’est noté."

    def build_form(self, obj: SupervisionCase, data: Any = None) -> PortalForm:
        return ReadForm(data, waiting=reminders_to_note(obj))

    def perform(self, obj: SupervisionCase, actor: Actor, data: dict[str, Any]) -> None:
        cases.acknowledge(case_id=obj.pk, actor=actor, reminder_id=data["reminder"].pk, read_on=data["read_on"])


class Close(CaseAct):
    verb, title, form_class = "close", "Clore l’alerte", NoteForm
    submit_label, done = "Clore", "L’alerte est close."

    def build_form(self, obj: SupervisionCase, data: Any = None) -> PortalForm:
        return NoteForm(data, risks=risks_of(obj.pharmacy_id))

    def perform(self, obj: SupervisionCase, actor: Actor, data: dict[str, Any]) -> None:
        cases.close(case_id=obj.pk, actor=actor, **data)


class Escalate(CaseAct):
    verb, title, form_class, danger = "escalate", "Signaler une suspicion de violation", NoteForm, True
    intro = (
        "L’alerte devient une suspicion, inscrite dans votre registre. Si elle est avérée et présente un "
        "risque pour les personnes, la CNIL est à prévenir dans les 72 heures (RGPD, article 33)."
    )
    submit_label, done = "Signaler", "La suspicion est inscrite dans votre registre des violations : qualifiez-la."

    def perform(self, obj: SupervisionCase, actor: Actor, data: dict[str, Any]) -> None:
        cases.escalate(case_id=obj.pk, actor=actor, **data)


CASE_ACTS: dict[str, tuple[str, type[CaseAct]]] = {
    "ask_detail": ("demander", AskDetail),
    "receive_detail": ("detail", ReceiveDetail),
    "analyse": ("analyser", Analyse),
    "engage": ("agir", Engage),
    "acknowledge": ("lu", Acknowledge),
    "close": ("clore", Close),
    "escalate": ("signaler", Escalate),
}
"""By verb: the last part of the address and the view."""
