"""The acts on a VA."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.views.generic.base import View

from attestations.domain.consent import CONSENT_VERSION
from attestations.domain.lifecycle import SIGNED, SIGNED_LATE, SIGNED_WITH_RESERVES
from attestations.domain.rules import AttestationFacts
from attestations.forms.sign import LiftForm, RefuseVaForm, VaForm
from attestations.models import Attestation, Reserve
from attestations.selectors import get_attestation, lifted_reserves
from attestations.services import prepare, sign
from attestations.services.machine import ATTESTATIONS, OBJECT, attestation_facts
from orders.models import Order
from orders.selectors import get_order
from orders.services.facts import Reading
from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.refusals import Refusal
from portal.documents.models import Document
from portal.documents.selectors import has_signed, latest
from portal.documents.stepping import SigningView
from portal.ui.formats import instant
from portal.ui.forms import PortalForm
from portal.workflow.execute import check
from portal.workflow.views import ActView


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
    """The identity confirmed; then five boxes, place, consent."""

    verb, title, template_name = "sign", "Signer la vérification d’aptitude (VA)", "attestations/sign.html"
    submit_label, done = "Signer la VA", "C’est signé. Votre exemplaire se prépare, il sera dans le dossier."
    kind, consent_version = "va", CONSENT_VERSION
    facts: AttestationFacts | None = None

    def document_shown(self, obj: Attestation) -> Document | None:
        """The VA as it was prepared, or as it stands with its reserves."""
        return latest(self.kind, OBJECT, str(obj.pk))

    def document_hash(self, obj: Attestation) -> str:
        """The hash of the document that the page shows."""
        document = self.shown(obj)
        return (document.sha256 or "") if document else ""

    def already_done(self, obj: Attestation, actor: Actor) -> str:
        """To whom signed it; a co-titulaire is told why they cannot."""
        signed = obj.state in (SIGNED, SIGNED_LATE, SIGNED_WITH_RESERVES)
        if obj.signed_at is None or obj.signed_by_id != actor.user_id or not signed:
            return ""
        return f"C’est déjà signé, depuis le {instant(obj.signed_at)} : une seule fois suffit."

    def build_form(self, obj: Attestation, data: Any = None) -> PortalForm:
        """A box for each statement of this VA."""
        initial = {"shown": self.document_hash(obj), "place": obj.order.pharmacy.city}
        statements = list(obj.statements.order_by("position"))
        return VaForm(data, statements=statements, initial=initial)

    def refusals(self, obj: Attestation, actor: Actor) -> list[Refusal]:
        """By the signature that applies now: after the closing, the late one."""
        now, document = clock.business_now(), self.shown(obj)
        reading = Reading(obj.order, now, documents=[document] if document else [])
        facts = self.facts = attestation_facts(obj, actor, now, reading)
        verb = "sign_late" if self.verb == "sign" and facts.late else self.verb
        return check(self.machine, obj, actor, verb, facts.now, facts)

    def perform(self, obj: Attestation, actor: Actor, data: dict[str, Any]) -> None:
        sign.sign_va(attestation_id=obj.pk, actor=actor, decisions=data["decisions"], consent=self.consent(data))

    def consent(self, data: dict[str, Any]) -> sign.VaConsent:
        """What was agreed to, on which document."""
        return sign.VaConsent(given=data["consent"], document_sha256=data["shown"], place=data["place"])

    def page_context(self, obj: Attestation, actor: Actor) -> dict[str, Any]:
        """The document to read first."""
        late = self.verb == "sign" and self.facts is not None and self.facts.late
        context: dict[str, Any] = {"installation": obj.order.installation, "reserves": [], "late": late}
        return {**context, **self.signing_context(obj, actor)}


class AnswerLifted(SignVa):
    """The boxes whose reserve the supplier declared lifted."""

    verb, title = "confirm", "Répondre aux réserves levées"
    submit_label, done = "Signer ces points", "Votre réponse est enregistrée."
    kind = "va_signed"
    _lifted: list[Reserve] | None = None

    def already_done(self, obj: Attestation, actor: Actor) -> str:
        """To whom signed the very document of the page, whatever reserves came after."""
        mine = actor.user_id and has_signed(actor.user_id, self.request.POST.get("shown", ""))
        return "C’est déjà signé : votre réponse est enregistrée." if mine else ""

    def build_form(self, obj: Attestation, data: Any = None) -> PortalForm:
        """Only the lifted boxes."""
        initial = {"shown": self.document_hash(obj), "place": obj.place}
        return VaForm(data, statements=[reserve.statement for reserve in self.lifted(obj)], initial=initial)

    def perform(self, obj: Attestation, actor: Actor, data: dict[str, Any]) -> None:
        sign.answer_lifted(attestation_id=obj.pk, actor=actor, decisions=data["decisions"], consent=self.consent(data))

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
