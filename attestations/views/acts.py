"""The acts on a VA."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic.base import View

from attestations.domain.consent import CONSENT_VERSION
from attestations.domain.filled import check_filled, filled_from
from attestations.domain.lifecycle import SIGNED, SIGNED_LATE, SIGNED_WITH_RESERVES, TO_SIGN
from attestations.domain.rules import AttestationFacts
from attestations.forms.sign import LiftForm, RefuseVaForm, VaForm, VaSignForm, answers_typed
from attestations.models import Attestation, Reserve, Statement
from attestations.selectors import boxes_to_answer, filled_document, get_attestation, lifted_reserves, papers_to_sign
from attestations.services import prepare, sign
from attestations.services.fill import fill_va
from attestations.services.machine import ATTESTATIONS, attestation_facts
from orders.models import Order
from orders.selectors import get_order
from orders.services.facts import Reading
from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.refusals import Refusal, Refused
from portal.documents.models import Document
from portal.documents.selectors import has_signed
from portal.documents.stepping import SigningView
from portal.ui.formats import instant
from portal.ui.forms import PortalForm
from portal.workflow.execute import check
from portal.workflow.views import ActView, actor_of

FILL, CHANGE = "fill", "modifier"
"""The button that sends the answers; the word in the address by which they are changed."""


def sign_page(attestation: Attestation) -> str:
    """The first page to sign what waits in a VA: the whole of it, or the answers to its lifted reserves."""
    return reverse(f"attestations:{'sign' if attestation.state == TO_SIGN else 'confirm'}", args=[attestation.pk])


class Prepare(ActView):
    """The supplier prepares the VA of an installed order; ``pk`` is the order's."""

    title = "Préparer la VA"
    intro = (
        "La vérification d’aptitude sera transmise au titulaire avec ses cinq points à attester, dont aucun n’est "
        "coché d’avance."
    )
    submit_label, done = "Préparer la VA", "VA préparée : le titulaire est prévenu."

    def find(self, actor: Actor, pk: UUID) -> Order:
        return get_order(actor, pk)

    def refusals(self, obj: Order, actor: Actor) -> list[Refusal]:
        """By the guard of the preparation: the VA does not exist yet."""
        return prepare.refusals_to_prepare(obj, actor)

    def perform(self, obj: Order, actor: Actor, data: dict[str, Any]) -> None:
        prepare.prepare_va(order_id=obj.pk, actor=actor)


class AttestationAct(ActView):
    """An act on a VA of a visible order."""

    machine = ATTESTATIONS

    def find(self, actor: Actor, pk: UUID) -> Attestation:
        """The VA, or 404."""
        return get_attestation(actor, pk)


class SignVa(SigningView, AttestationAct):
    """Five boxes and a place; the VA so filled in, shown; the identity confirmed for it; consent."""

    verb, title, template_name = "sign", "Signer la vérification d’aptitude (VA)", "attestations/sign.html"
    submit_label, done = "Signer la VA", "C’est signé. Votre exemplaire se prépare, il sera dans le dossier."
    consent_version = CONSENT_VERSION
    facts: AttestationFacts | None = None
    stale: Sequence[Refusal] = ()
    _boxes: list[Statement] | None = None
    _papers: list[Document] | None = None

    def document_shown(self, obj: Attestation) -> Document | None:
        """The VA as its signatory filled it in today; None while it is to be filled in, or anew."""
        document, self.stale = self.filled(obj, self.today())
        return document

    def filled(self, obj: Attestation, today: date | None) -> tuple[Document | None, Sequence[Refusal]]:
        """The VA as it was filled in, or why it is to be filled in anew; ``today``: None for another way to sign."""
        document, boxes = filled_document(self.papers(obj)), {statement.code for statement in self.boxes(obj)}
        if document is None:
            return None, ()
        said, signatory = filled_from(document.snapshot), actor_of(self.request).name
        stale = check_filled(said, boxes=boxes, today=today, signatory=signatory)
        return (None, stale) if stale else (document, ())

    def today(self) -> date | None:
        """The day that the VA is to bear."""
        return paris_date(clock.business_now())

    def fill_page(self, obj: Attestation) -> str:
        """Where it is filled in."""
        return self.request.path

    def acting(self, obj: Attestation, *, late: bool) -> str:
        """The act to which the page leads."""
        return "sign_late" if self.verb == "sign" and late else self.verb

    def boxes(self, obj: Attestation) -> list[Statement]:
        """The boxes to answer, read once a request."""
        if self._boxes is None:
            self._boxes = boxes_to_answer(obj)
        return self._boxes

    def papers(self, obj: Attestation) -> list[Document]:
        """The VA as it was prepared and filled in, read once a request."""
        if self._papers is None:
            self._papers = papers_to_sign(obj)
        return self._papers

    def already_done(self, obj: Attestation, actor: Actor) -> str:
        """To whom signed it; a co-titulaire is told why they cannot."""
        signed = obj.state in (SIGNED, SIGNED_LATE, SIGNED_WITH_RESERVES)
        if obj.signed_at is None or obj.signed_by_id != actor.user_id or not signed:
            return ""
        return f"C’est déjà signé, depuis le {instant(obj.signed_at)} : une seule fois suffit."

    def filling(self, obj: Attestation) -> bool:
        """Whether the page asks for the answers; else for the signature under them."""
        return self.shown(obj) is None or CHANGE in self.request.GET

    def build_form(self, obj: Attestation, data: Any = None) -> PortalForm:
        """A box for each statement of this VA, then the consent to what was filled in."""
        document = self.shown(obj)
        if not self.filling(obj) and document is not None:
            return VaSignForm(data, initial={"shown": document.sha256 or ""})
        last = filled_document(self.papers(obj))
        said = filled_from(last.snapshot) if last else None
        return VaForm(data, statements=self.boxes(obj), initial=answers_typed(said, obj.order.pharmacy.city))

    def refusals(self, obj: Attestation, actor: Actor) -> list[Refusal]:
        """By the signature that applies now: after the closing, the late one."""
        now = clock.business_now()
        reading = Reading(obj.order, now, documents=self.papers(obj))
        facts = self.facts = attestation_facts(obj, actor, now, reading)
        return check(self.machine, obj, actor, self.acting(obj, late=facts.late), facts.now, facts)

    def post(self, request: HttpRequest, pk: UUID, **kwargs: Any) -> HttpResponse:
        """The answers; then one's identity, then the signature."""
        if FILL in request.POST:
            return self.fill(request, pk)
        obj = self.find(actor_of(request), pk)
        if not self.refusals(obj, actor_of(request)) and self.shown(obj) is None:
            for refusal in self.stale:
                messages.warning(request, refusal.message)
            return redirect(self.fill_page(obj))
        return super().post(request, pk, **kwargs)

    def fill(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Print the answers on the VA to sign."""
        actor = actor_of(request)
        obj = self.find(actor, pk)
        if refusals := self.refusals(obj, actor):
            return self.refused(obj, actor, refusals)
        form = VaForm(request.POST, statements=self.boxes(obj))
        if not form.is_valid():
            return self.show(obj, actor, form)
        data = form.cleaned_data
        try:
            fill_va(attestation_id=obj.pk, actor=actor, decisions=data["decisions"], place=data["place"])
        except Refused as refused:
            form.absorb(refused.refusals)
            return self.show(obj, actor, form)
        return redirect(request.path)

    def perform(self, obj: Attestation, actor: Actor, data: dict[str, Any]) -> None:
        sign.sign_va(attestation_id=obj.pk, actor=actor, consent=self.consent(data))

    def consent(self, data: dict[str, Any]) -> sign.VaConsent:
        """What was agreed to, on which document."""
        return sign.VaConsent(given=data["consent"], document_sha256=data["shown"])

    def page_context(self, obj: Attestation, actor: Actor) -> dict[str, Any]:
        """The document to read first, and what it says."""
        document = self.shown(obj)
        return {
            "installation": obj.order.installation,
            "reserves": [],
            "late": self.facts is not None and self.acting(obj, late=self.facts.late) == "sign_late",
            "prepared": next((paper for paper in reversed(self.papers(obj)) if paper.kind == "va"), None),
            "filled": document.snapshot if document else None,
            "kept": self.filled(obj, None)[0] if document is None else None,
            "what": "VA",
            "first_url": sign_page(obj),
            "elsewhere_url": reverse("attestations:sign_elsewhere", args=[obj.pk]),
            "by_hand_url": reverse("attestations:sign_by_hand", args=[obj.pk]),
            "fill": FILL,
            "change": CHANGE,
            **self.signing_context(obj, actor),
        }


class AnswerLifted(SignVa):
    """The boxes whose reserve the supplier declared lifted."""

    verb, title = "confirm", "Répondre aux réserves levées"
    submit_label, done = "Signer ces points", "Votre réponse est enregistrée."
    _lifted: list[Reserve] | None = None

    def already_done(self, obj: Attestation, actor: Actor) -> str:
        """To whom signed the very document of the page, whatever reserves came after."""
        mine = actor.user_id and has_signed(actor.user_id, self.request.POST.get("shown", ""))
        return "C’est déjà signé : votre réponse est enregistrée." if mine else ""

    def boxes(self, obj: Attestation) -> list[Statement]:
        """Only the lifted ones."""
        return [reserve.statement for reserve in self.lifted(obj)]

    def perform(self, obj: Attestation, actor: Actor, data: dict[str, Any]) -> None:
        sign.answer_lifted(attestation_id=obj.pk, actor=actor, consent=self.consent(data))

    def page_context(self, obj: Attestation, actor: Actor) -> dict[str, Any]:
        """What the supplier says it did."""
        return {**super().page_context(obj, actor), "reserves": self.lifted(obj)}

    def lifted(self, obj: Attestation) -> list[Reserve]:
        """The reserves to answer, read once a request."""
        if self._lifted is None:
            self._lifted = lifted_reserves(obj)
        return self._lifted


class RefuseVa(AttestationAct):
    verb, title, form_class, danger = "refuse", "Refuser la VA", RefuseVaForm, True
    intro = (
        "Vous refusez toute la VA : votre fournisseur devra régler le problème et en préparer une autre. Si un seul "
        "point ne va pas, signez plutôt la VA en refusant ce point."
    )
    submit_label, done = "Refuser la VA", "VA refusée : votre fournisseur est prévenu."

    def perform(self, obj: Attestation, actor: Actor, data: dict[str, Any]) -> None:
        sign.refuse_va(attestation_id=obj.pk, actor=actor, reason=data["reason"])


class Retract(AttestationAct):
    verb, title = "retract", "Reprendre la VA"
    intro = "La VA déjà préparée sera marquée sans suite. Vous pourrez en préparer une autre."
    submit_label, done = "Reprendre la VA", "VA reprise."

    def perform(self, obj: Attestation, actor: Actor, data: dict[str, Any]) -> None:
        prepare.retract_va(attestation_id=obj.pk, actor=actor)


class Lift(AttestationAct):
    verb, title, form_class = "lift", "Déclarer la réserve levée", LiftForm
    intro = "Le titulaire vérifiera et signera le point concerné."
    submit_label, done = "Déclarer la réserve levée", "Réserve déclarée levée : le titulaire est prévenu."

    def perform(self, obj: Attestation, actor: Actor, data: dict[str, Any]) -> None:
        sign.lift_reserve(attestation_id=obj.pk, reserve_id=self.kwargs["reserve"], actor=actor, note=data["note"])


ACTS: dict[str, tuple[str, type[View]]] = {
    "sign": ("signer", SignVa),
    "confirm": ("reserves", AnswerLifted),
    "refuse": ("refuser", RefuseVa),
    "retract": ("reprendre", Retract),
}
"""By action: the last part of the address and the view. ``confirm`` serves ``complete`` too."""
