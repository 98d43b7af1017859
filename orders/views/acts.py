"""The acts on an order, each a page that works without scripts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.views.generic.base import View

from orders.domain.consent import CONSENT_VERSION
from orders.domain.effects import Signing
from orders.domain.facts import OrderFacts
from orders.domain.lifecycle import LIVE, ORDER
from orders.domain.rules import signature_verb
from orders.forms.answer import ConditionalSignForm, DeclineForm, ReasonForm, SignForm
from orders.models import Order
from orders.selectors import get_order
from orders.services import cancel, draft, issue, sign
from orders.services.facts import OBJECT, Reading, order_facts
from orders.services.machines import ORDERS
from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.refusals import Refusal
from portal.documents.models import Document
from portal.documents.selectors import latest
from portal.documents.stepping import SigningView
from portal.ui.formats import instant
from portal.ui.forms import PortalForm
from portal.workflow.execute import check
from portal.workflow.views import ActView


class OrderAct(ActView):
    """An act on an order that the actor may see."""

    machine = ORDERS

    def find(self, actor: Actor, pk: UUID) -> Order:
        """The order, or 404."""
        return get_order(actor, pk)


class Issue(OrderAct):
    verb, title = "issue", "Émettre la commande"
    intro = (
        "Le bon de commande sera figé et transmis au titulaire, qui le signera ou le refusera. "
        "Vous pourrez le reprendre tant qu’il n’est pas signé."
    )
    submit_label, done = "Émettre la commande", "Commande émise : le titulaire est prévenu."

    def perform(self, obj: Order, actor: Actor, data: dict[str, Any]) -> None:
        issue.issue_order(order_id=obj.pk, actor=actor, expected_version=obj.version)


class Withdraw(OrderAct):
    verb, title = "withdraw", "Reprendre la commande"
    intro = "Le bon redevient un brouillon. Le PDF déjà émis sera marqué sans suite et conservé."
    submit_label, done = "Reprendre pour modifier", "La commande est de nouveau un brouillon."

    def perform(self, obj: Order, actor: Actor, data: dict[str, Any]) -> None:
        issue.withdraw_order(order_id=obj.pk, actor=actor)


class Discard(OrderAct):
    verb, title, danger = "discard", "Abandonner le brouillon", True
    intro = "Le brouillon sera classé sans suite. Vous pourrez en rédiger un autre."
    submit_label, done = "Abandonner", "Brouillon abandonné."

    def perform(self, obj: Order, actor: Actor, data: dict[str, Any]) -> None:
        draft.discard_order(order_id=obj.pk, actor=actor)


class Sign(SigningView, OrderAct):
    """What is ordered, in plain words; the identity confirmed; then explicit consent."""

    title, template_name, consent_version = "Signer le bon de commande", "orders/sign.html", CONSENT_VERSION
    submit_label, done = (
        "Signer le bon de commande",
        "C’est signé. Votre exemplaire se prépare, il sera dans le dossier.",
    )

    facts: OrderFacts | None = None

    def document_shown(self, obj: Order) -> Document | None:
        """The bon as it was issued."""
        return latest("order", OBJECT, str(obj.pk))

    def refusals(self, obj: Order, actor: Actor) -> list[Refusal]:
        """By the signature that applies now, firm or conditional."""
        now, document = clock.business_now(), self.shown(obj)
        reading = Reading(obj, now, documents=[document] if document else [])
        facts = self.facts = order_facts(obj, actor, now, reading)
        return check(ORDERS, obj, actor, signature_verb(facts), facts.now, facts)

    def already_done(self, obj: Order, actor: Actor) -> str:
        """To whom signed it; a co-titulaire is told why they cannot."""
        if obj.signed_at is None or obj.signed_by_id != actor.user_id or obj.state not in LIVE:
            return ""
        return f"C’est déjà signé, depuis le {instant(obj.signed_at)} : une seule fois suffit."

    def build_form(self, obj: Order, data: Any = None) -> PortalForm:
        """The consent, worded for the signature that applies."""
        form_class = SignForm if self.is_firm() else ConditionalSignForm
        return form_class(data, **self.asked(obj))

    def is_firm(self) -> bool:
        """Which of the two signatures applies."""
        return self.facts is not None and self.facts.signing is Signing.FIRM

    def asked(self, obj: Order) -> dict[str, Any]:
        """What any form of signature is made with."""
        document, facts = self.shown(obj), self.facts
        former = facts.holder if facts and facts.holder and not facts.holder.is_this_order else None
        shown = {"shown": document.sha256 if document else ""}
        return {"initial": shown, "former": former, "transfer": obj.origin_kind == "transfer"}

    def consent(self, data: dict[str, Any]) -> sign.Consent:
        """What the signatory agreed to."""
        replaces = str(data.get("former", "")) if data.get("replaces") else ""
        return sign.Consent(given=data["consent"], document_sha256=data["shown"], replaces=replaces)

    def perform(self, obj: Order, actor: Actor, data: dict[str, Any]) -> None:
        sign.sign_order(order_id=obj.pk, actor=actor, consent=self.consent(data))

    def page_context(self, obj: Order, actor: Actor) -> dict[str, Any]:
        """The rules' own words, and the document to read first."""
        facts = self.facts or order_facts(obj, actor, clock.business_now())
        conditional = facts.signing is not Signing.FIRM
        context = {
            "rules": facts.rules,
            "conditional": conditional,
            "former": facts.holder,
            "what": "Bon de commande",
            "first_url": reverse("orders:sign", args=[obj.pk]),
            "elsewhere_url": reverse("orders:sign_elsewhere", args=[obj.pk]),
            "by_hand_url": reverse("orders:sign_by_hand", args=[obj.pk]),
        }
        return {**context, **self.signing_context(obj, actor)}


class Decline(OrderAct):
    verb, title, danger = "decline", "Refuser le bon de commande", True
    form_class = DeclineForm
    intro = "Le fournisseur sera prévenu. Vous pourrez signer un autre bon tant que le dispositif est ouvert."
    submit_label, done = "Refuser ce bon de commande", "Bon de commande refusé : le fournisseur est prévenu."

    def perform(self, obj: Order, actor: Actor, data: dict[str, Any]) -> None:
        sign.decline_order(order_id=obj.pk, actor=actor, reason=data["reason"], comment=data["comment"])


class AskCancel(OrderAct):
    verb, title, danger = "ask_cancel", "Demander l’annulation", True
    form_class = ReasonForm
    intro = "Une commande signée s’annule d’un commun accord : l’autre partie devra accepter."
    submit_label, done = "Demander l’annulation", "Demande envoyée à l’autre partie."

    def perform(self, obj: Order, actor: Actor, data: dict[str, Any]) -> None:
        cancel.ask_cancel(order_id=obj.pk, actor=actor, reason=data["reason"])


class Keep(OrderAct):
    verb, title = "keep", "Maintenir la commande"
    intro = "La demande d’annulation sera close et la commande suivra son cours."
    submit_label, done = "Maintenir la commande", "La commande est maintenue."

    def perform(self, obj: Order, actor: Actor, data: dict[str, Any]) -> None:
        cancel.keep_order(order_id=obj.pk, actor=actor)


class Cancel(OrderAct):
    verb, title, danger = "cancel", "Accepter l’annulation", True
    intro = "La commande prendra fin et la pharmacie ne sera plus engagée."
    submit_label, done = "Accepter l’annulation", "Commande annulée d’un commun accord."

    def perform(self, obj: Order, actor: Actor, data: dict[str, Any]) -> None:
        cancel.cancel_order(order_id=obj.pk, actor=actor)


class Void(OrderAct):
    verb, title, danger = "void", "Annuler pour fraude", True
    form_class = ReasonForm
    intro = "Vous annulez seul cette commande signée. Votre motif sera communiqué aux deux parties."
    submit_label, done = "Annuler la commande", "Commande annulée."

    def perform(self, obj: Order, actor: Actor, data: dict[str, Any]) -> None:
        cancel.void_order(order_id=obj.pk, actor=actor, comment=data["reason"])


ACTS: dict[str, tuple[str, type[View]]] = {
    "issue": ("emettre", Issue),
    "withdraw": ("reprendre", Withdraw),
    "discard": ("abandonner", Discard),
    "sign": ("signer", Sign),
    "decline": ("refuser", Decline),
    "ask_cancel": ("annulation", AskCancel),
    "keep": ("maintenir", Keep),
    "cancel": ("annuler", Cancel),
    "void": ("annuler-fraude", Void),
}
"""By action: the last part of the address and the view. ``sign`` serves both signatures."""

ACTION_LABELS = {t.verb: t.label for t in ORDER.transitions} | {"sign": "Lire et signer"}
