"""The pharmacist's answer to an issued order: signature or refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from orders.domain.consent import CONSENT_VERSION, DECLINE_REASONS, consent_text
from orders.domain.facts import OrderFacts
from orders.domain.limits import conditional_limit
from orders.domain.rules import check_replacement, signature_verb
from orders.models import Installation, Order, Slot
from orders.services.documents import request_order_document, request_scan_document
from orders.services.facts import OBJECT, order_facts
from orders.services.machines import INSTALLATIONS, ORDERS
from orders.services.replace import end_former, former_holder
from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.refusals import Refusal, refuse
from portal.documents.domain.methods import HANDWRITTEN
from portal.documents.models import Signature
from portal.documents.selectors import latest, scan_of
from portal.documents.services.returned import signed_elsewhere
from portal.documents.services.scans import given_by_hand
from portal.documents.services.sign import Given, record_signature
from portal.workflow.execute import Act, create, lock, run


@dataclass(frozen=True)
class Consent:
    """What the signatory did on the screen: the box ticked, the document shown, the order that this one replaces."""

    given: bool
    document_sha256: str
    replaces: str = ""


def sign_order_elsewhere(*, order_id: UUID, actor: Actor, consent: Consent, content: bytes) -> Order:
    """Sign by giving back the issued order, signed outside the portal with a certificate of one's own.

    The file is judged first, outside the locks. Raises ``Refused`` as ``sign_order`` does, and for a file that is not
    this very order with one signature more, by an accepted certificate of this person.
    """
    given = signed_elsewhere(content, document=latest("order", OBJECT, str(order_id)), user_id=actor.user_id)
    return sign_order(order_id=order_id, actor=actor, consent=consent, given=given)


def sign_order_by_hand(*, order_id: UUID, actor: Actor, consent: Consent, seen: str) -> Order:
    """Confirm the scan of the paper that one signed by hand: it is the signature, judged as any other one.

    ``seen``: the mark of the scan shown. Raises ``Refused`` as ``sign_order`` does, and for a scan that is missing,
    not whole, or another one than was shown.
    """
    given = given_by_hand(scan_of(latest("order", OBJECT, str(order_id))), seen=seen)
    return sign_order(order_id=order_id, actor=actor, consent=consent, given=given)


@transaction.atomic
def sign_order(*, order_id: UUID, actor: Actor, consent: Consent, given: Given | None = None) -> Order:
    """Sign firmly or under condition, as the référencement stands at this instant.

    ``given``: what the signatory gave back in place of a fresh authentication. Takes the funding slot, from the order
    that it replaces where the signatory says so, keeps the evidence, opens the installation, asks for the signed copy.
    Raises ``Refused``: not the titulaire, outside the window, slot taken, no consent, another document than shown.
    """
    now = clock.business_now()
    order = lock(ORDERS, order_id)
    facts = order_facts(order, actor, now)
    verb = signature_verb(facts)
    stamps: dict[str, Any] = {"counts_from": facts.counted_at}
    if verb == "sign_conditional":
        stamps["conditional_until"] = conditional_limit(facts.counted_at, facts.book.at(facts.counted_at))
    former = former_holder(order, facts)
    if former is not None and order.origin_id is None:
        stamps["replaces"] = former.pk

    def check(facts: OrderFacts) -> list[Refusal]:
        return check_replacement(facts, consent.replaces) + _check_consent(order, consent)

    order = run(ORDERS, order_id, actor, Act(verb, stamps, check=check))
    if former is not None:
        end_former(former, order)
    Slot.objects.filter(pk=order.slot_id).update(holder=order, held_since=now)
    signature = _keep_evidence(order, actor, given)
    create(INSTALLATIONS, Installation(order=order), Actor.system())
    request_order_document(order, kind="order_signed", signature=signature)
    if signature.method == HANDWRITTEN:
        request_scan_document(order, signature)
    return order


def _check_consent(order: Order, consent: Consent) -> list[Refusal]:
    if not consent.given:
        return [Refusal("no_consent", "Cochez la case pour confirmer que vous signez ce bon de commande.", "consent")]
    document = latest("order", OBJECT, str(order.pk))
    if document is None or document.sha256 != consent.document_sha256:
        return [
            Refusal(
                "other_document",
                "Le document a changé depuis que la page a été affichée. Relisez-le avant de signer.",
            )
        ]
    return []


def _keep_evidence(order: Order, actor: Actor, given: Given | None) -> Signature:
    document = latest("order", OBJECT, str(order.pk))
    if document is None:
        raise refuse("document_pending", "Le document à signer est en préparation.")
    return record_signature(
        document=document,
        actor=actor,
        signed_at=clock.business_now(),
        consent_version=CONSENT_VERSION,
        consent_text=consent_text(conditional=order.conditional_until is not None),
        given=given,
    )


@transaction.atomic
def decline_order(*, order_id: UUID, actor: Actor, reason: str, comment: str) -> Order:
    """Refuse an issued order with a coded reason. Raises ``Refused`` for an unknown reason."""

    def check(facts: OrderFacts) -> list[Refusal]:
        if reason not in DECLINE_REASONS:
            return [Refusal("bad_reason", "Choisissez le motif du refus dans la liste.", "reason")]
        if reason == "other" and not comment.strip():
            return [Refusal("missing_field", "Précisez le motif en quelques mots.", "comment")]
        return []

    return run(ORDERS, order_id, actor, Act("decline", {"reason": reason, "comment": comment.strip()}, check=check))
