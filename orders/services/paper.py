"""Orders signed by hand: scanned stacks received, unread pages attached, the scan confirmed by who signed."""

from __future__ import annotations

from collections.abc import Mapping, Set
from uuid import UUID

from orders.models import Order
from orders.selectors import awaiting_signature
from orders.services.facts import OBJECT
from orders.services.sign import Consent, sign_order
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import SUPPLIER_SIDE, Role
from portal.common.refusals import refuse
from portal.documents.domain.incoming import Incoming
from portal.documents.models import Document
from portal.documents.scan_models import ScannedPage, ScanStack
from portal.documents.selectors import documents_of_codes, latest, scan_of
from portal.documents.services.scans import attach_page, given_by_hand, receive_stack

SENDERS = SUPPLIER_SIDE | {Role.TITULAIRE}
"""Who may send scans: the two sides of an order; only the titulaire confirms them."""


def deposit_stack(*, stack: Incoming, actor: Actor) -> ScanStack:
    """Keep a stack; its pages go to the orders that the actor may see and that wait for a signature.

    Raises ``Refused`` for who is on neither side, and for a stack too long.
    """
    if actor.role not in SENDERS:
        raise refuse("not_allowed", "L’envoi de bons numérisés revient au fournisseur ou au titulaire.")

    def mine(codes: Set[str]) -> Mapping[str, Document]:
        waiting = {str(pk) for pk in awaiting_signature(actor).values_list("pk", flat=True)}
        found = documents_of_codes("order", codes)
        return {code: d for code, d in found.items() if d.subject_type == OBJECT and d.subject_id in waiting}

    return receive_stack(stack=stack, actor=actor, mine=mine)


def attach_by_hand(*, page_id: int, order_id: UUID, actor: Actor) -> ScannedPage:
    """Attach an unread page of the actor's own stack to an order that waits for a signature. Raises ``Refused``."""
    order = awaiting_signature(actor).filter(pk=order_id).first()
    document = latest("order", OBJECT, str(order_id)) if order else None
    if document is None or document.sha256 is None:
        raise refuse("not_waiting", "Ce bon n’attend plus de signature. Choisissez-en un autre.", "order")
    return attach_page(page_id=page_id, document=document, actor=actor)


def sign_order_by_hand(*, order_id: UUID, actor: Actor, consent: Consent, seen: str) -> Order:
    """Confirm the scan of the paper that one signed by hand: it is the signature, judged as any other one.

    ``seen``: the mark of the scan shown. Raises ``Refused`` as ``sign_order`` does, and for a scan that is missing,
    not whole, or another one than was shown.
    """
    given = given_by_hand(scan_of(latest("order", OBJECT, str(order_id))), seen=seen)
    return sign_order(order_id=order_id, actor=actor, consent=consent, given=given)
