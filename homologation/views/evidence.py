"""The pieces of a dossier on one page, by question; joining one, replacing its file, withdrawing it, reading it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from homologation.breach_selectors import get_breach
from homologation.domain.answers import NOTHING
from homologation.domain.evidence import STRANGER, PieceFacts, guard_piece
from homologation.domain.evidence_lifecycle import EVIDENCE, HELD
from homologation.domain.lifecycle import OPEN, TO_DECIDE
from homologation.domain.questions import Section
from homologation.domain.risks import RISKS
from homologation.evidence_files import file_response
from homologation.evidence_selectors import get_evidence, get_revision, of_dossiers, of_object
from homologation.forms.evidence import FilterForm, JoinForm, PieceForm, WithdrawForm, risk_names
from homologation.models import Breach, InsiDossier, InsiEvidence, SupervisionCase
from homologation.presentation_evidence import Line, about_answers, evidence_lines
from homologation.selectors import get_dossier, visible_to
from homologation.services import evidence as pieces
from homologation.services.evidence import EVIDENCES
from homologation.services.facts import Reading
from homologation.services.machine import pharmacist_of
from homologation.supervision_selectors import get_case
from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.refusals import Refusal
from portal.ui.forms import PortalForm
from portal.workflow.models import Stateful
from portal.workflow.views import ActView, actor_of

VERBS = [transition.verb for transition in EVIDENCE.transitions]


def _risks(reading: Reading) -> Any:
    return reading.answers.get(RISKS, NOTHING).value or ()


def _parts(reading: Reading, actor: Actor) -> list[Section]:
    """The parts of the form whose pieces are the actor's to change."""
    mandates = reading.mandates(actor)
    return [section for section in reading.form.sections if mandates.covers(section.number)]


@require_safe
def index(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every piece of the pharmacy's dossiers, or those of one question; the withdrawn ones last."""
    actor = actor_of(request)
    dossier = get_dossier(actor, pk)
    form, reading = dossier.questionnaire.form, Reading(dossier, clock.business_now())
    asked = FilterForm(request.GET, questionnaire=form)
    key = asked.cleaned_data["question"] if asked.is_valid() else ""
    found = [one for one in of_dossiers(dossier.pharmacy_id) if key in ("", one.question)]
    names = risk_names(form, _risks(reading))
    mine = {question.key for section in _parts(reading, actor) for question in section.questions}
    waits = dossier.state == TO_DECIDE or pieces.being_decided(dossier.pharmacy_id)
    lines = evidence_lines(
        found,
        paris_date(clock.business_now()),
        verbs=lambda one: VERBS if not waits and one.question in mine else (),
        about=about_answers(form, found, names),
    )
    context = {
        "dossier": dossier,
        "form": FilterForm(initial={"question": key}, questionnaire=form),
        "key": key,
        "waits": waits,
        "joins": not waits and (key in mine if key else bool(mine)),
        "decided": dossier.state not in OPEN,
        "lines": [line for line in lines if line.evidence.state == HELD],
        "withdrawn": [line for line in lines if line.evidence.state != HELD],
    }
    return render(request, "homologation/evidence.html", context)


def joined_to(of: Breach | SupervisionCase) -> list[Line]:
    """The pieces of a breach or an alert, for its page."""
    return evidence_lines(of_object(of), paris_date(clock.business_now()), verbs=lambda one: VERBS)


@require_safe
def file(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """One file of a piece, the current one or a former one."""
    return file_response(get_revision(get_evidence(actor_of(request), pk), number))


class Join(ActView):
    """Joining a piece; not an act of its object's lifecycle, so that what refuses it is said here."""

    title, submit_label = "Joindre une pièce", "Joindre la pièce"
    done = "Pièce jointe."
    intro = "Le fichier est contrôlé, puis gardé tel quel avec son empreinte (SHA-256). Il ne sera jamais effacé."
    template_name = "homologation/evidence_form.html"

    def refusals(self, obj: Any, actor: Actor) -> list[Refusal]:
        """A membership that ended."""
        return [] if pharmacist_of(obj.pharmacy, actor, clock.business_now()) else [STRANGER]

    def build_form(self, obj: Any, data: Any = None) -> PortalForm:
        return PieceForm(data, self.request.FILES if data is not None else None)

    def perform(self, obj: Any, actor: Actor, data: dict[str, Any]) -> None:
        self.join(obj, actor, pieces.Given(data["title"], data["file"], data["valid_until"]), data)

    def join(self, obj: Any, actor: Actor, given: pieces.Given, data: Mapping[str, Any]) -> None:
        """Call the one service."""
        raise NotImplementedError


class JoinToDossier(Join):
    """To a question (``?sur=`` its key), or to a risk."""

    def find(self, actor: Actor, pk: UUID) -> Stateful:
        """The dossier, or 404."""
        return get_dossier(actor, pk)

    def dossier_url(self, obj: InsiDossier) -> str:
        return reverse("homologation:evidence", args=[obj.pk])

    def refusals(self, obj: InsiDossier, actor: Actor) -> list[Refusal]:
        """A dossier that waits for its decision too, and a mandate on none of its parts."""
        reading = Reading(obj, clock.business_now())
        beyond = reading.mandates(actor).check(section.number for section in reading.form.sections)
        facts = PieceFacts(pieces.being_decided(obj.pharmacy_id), () if _parts(reading, actor) else tuple(beyond))
        return super().refusals(obj, actor) or guard_piece(facts)

    def build_form(self, obj: InsiDossier, data: Any = None) -> JoinForm:
        form, key = obj.questionnaire.form, self.request.GET.get("sur", "")
        reading = Reading(obj, clock.business_now())
        parts = _parts(reading, actor_of(self.request))
        risks = _risks(reading) if any(one.key == RISKS for part in parts for one in part.questions) else ()
        files = self.request.FILES if data is not None else None
        initial = {"about": key if key in form.by_key else ""}
        return JoinForm(data, files, initial=initial, questionnaire=form, parts=parts, risks=risks)

    def join(self, obj: InsiDossier, actor: Actor, given: pieces.Given, data: Mapping[str, Any]) -> None:
        key, row = JoinForm.answer_of(data["about"])
        pieces.join_to_answer(dossier_id=obj.pk, actor=actor, key=key, row=row, given=given)


class JoinToBreach(Join):
    """To a breach, an ended one too."""

    def find(self, actor: Actor, pk: UUID) -> Stateful:
        """The breach, or 404."""
        return get_breach(actor, pk)

    def join(self, obj: Breach, actor: Actor, given: pieces.Given, data: Mapping[str, Any]) -> None:
        pieces.join_to_breach(breach_id=obj.pk, actor=actor, given=given)


class JoinToCase(Join):
    """To an alert of supervision, an ended one too."""

    def find(self, actor: Actor, pk: UUID) -> Stateful:
        """The alert, or 404."""
        return get_case(actor, pk)

    def join(self, obj: SupervisionCase, actor: Actor, given: pieces.Given, data: Mapping[str, Any]) -> None:
        pieces.join_to_case(case_id=obj.pk, actor=actor, given=given)


class EvidenceAct(ActView):
    """An act on a piece of one's pharmacy."""

    machine, template_name = EVIDENCES, "homologation/evidence_form.html"

    def find(self, actor: Actor, pk: UUID) -> InsiEvidence:
        """The piece, or 404."""
        return get_evidence(actor, pk)

    def dossier_url(self, obj: InsiEvidence) -> str:
        """Where the piece is seen: its breach, its alert, or the pieces of the last dossier."""
        of = obj.breach or obj.case
        if of is not None:
            return of.get_absolute_url()
        dossier = visible_to(actor_of(self.request)).first()
        if dossier is None:  # a piece of answers is joined from a dossier, which is never removed
            raise Http404
        return reverse("homologation:evidence", args=[dossier.pk])

    def page_context(self, obj: InsiEvidence, actor: Actor) -> dict[str, Any]:
        """The piece as it is."""
        return {"piece": obj, "current": _current(obj)}


def _current(evidence: InsiEvidence) -> Any:
    return evidence.revisions.order_by("number").last()


class Replace(EvidenceAct):
    verb, title = "replace", "Remplacer une pièce"
    intro = "La nouvelle version remplace celle-ci sous le même numéro. L’ancienne reste téléchargeable."
    submit_label, done = "Remplacer la pièce", "Pièce remplacée : l’ancienne version reste téléchargeable."

    def build_form(self, obj: InsiEvidence, data: Any = None) -> PieceForm:
        """With the title and no end: that of another file is not guessed."""
        files = self.request.FILES if data is not None else None
        return PieceForm(data, files, initial={"title": _current(obj).title})

    def perform(self, obj: InsiEvidence, actor: Actor, data: dict[str, Any]) -> None:
        given = pieces.Given(data["title"], data["file"], data["valid_until"])
        pieces.replace_evidence(evidence_id=obj.pk, actor=actor, given=given)


class Withdraw(EvidenceAct):
    verb, title, form_class, danger = "withdraw", "Retirer une pièce", WithdrawForm, True
    intro = "La pièce ne compte plus. Elle reste dans la liste avec votre motif, et ses fichiers restent lisibles."
    submit_label, done = "Retirer la pièce", "Pièce retirée : elle reste dans la liste, avec votre motif."

    def perform(self, obj: InsiEvidence, actor: Actor, data: dict[str, Any]) -> None:
        pieces.withdraw_evidence(evidence_id=obj.pk, actor=actor, reason=data["reason"])


EVIDENCE_ACTS: dict[str, tuple[str, type[EvidenceAct]]] = {
    "replace": ("remplacer", Replace),
    "withdraw": ("retirer", Withdraw),
}
"""By verb: the last part of the address and the view."""
