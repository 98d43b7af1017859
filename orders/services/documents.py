"""Asking for an order's document: the snapshot is taken here, the PDF is made after commit."""

from __future__ import annotations

from collections.abc import Sequence

from orders.documents import order_parts
from orders.domain.affirmation import AffirmationParts, affirmation_snapshot
from orders.domain.snapshot import SignatureBlock, order_snapshot
from orders.models import Order
from orders.services.facts import OBJECT
from orders.services.prestation import pinned_rules
from portal.accounts.domain.roles import Role
from portal.common import clock
from portal.common.clock import last_day_before
from portal.documents.models import Document, Signature
from portal.documents.services.request import request_document
from portal.registry.domain.referencing import Change, dossier_complete_at
from portal.registry.selectors import referencing_number


def request_order_document(order: Order, *, kind: str, signature: Signature | None = None) -> Document:
    """Ask for the document of an order as it stands, with its signature block once signed."""
    block = _block(order, signature) if signature is not None else None
    return request_document(
        base=signature.document if signature is not None else None,
        given_sha256=signature.returned_sha256 if signature is not None else "",
        kind=kind,
        subject_type=OBJECT,
        subject_id=str(order.pk),
        thread=str(order.pk),
        number=order.number,
        snapshot=order_snapshot(order_parts(order), pinned_rules(order, clock.business_now()), block),
        at=clock.business_now(),
    )


def request_scan_document(order: Order, signature: Signature) -> Document:
    """Keep the scan of an order signed by hand among its documents, as it came."""
    return request_document(
        kind="order_scan",
        subject_type=OBJECT,
        subject_id=str(order.pk),
        thread=str(order.pk),
        number=order.number,
        snapshot=order_snapshot(
            order_parts(order), pinned_rules(order, clock.business_now()), _block(order, signature)
        ),
        at=clock.business_now(),
        given_sha256=signature.proof_sha256,
    )


def request_certificate(order: Order, changes: Sequence[Change]) -> Document:
    """Ask for the certificate of an order that has just been affirmed; the signed order itself stays as it was.

    ``changes``: the history of its software's référencement.
    """
    parts = AffirmationParts(
        order=order_parts(order),
        signed_at=order.signed_at,
        counts_from=order.counts_from,
        limit=last_day_before(order.conditional_until) if order.conditional_until else None,
        complete_at=dossier_complete_at(changes, clock.business_now()),
        affirmed_at=order.affirmed_at,
        referencing_number=referencing_number(order.programme_id, order.software_version_id),
    )
    return request_document(
        kind="affirmation",
        subject_type=OBJECT,
        subject_id=str(order.pk),
        thread=str(order.pk),
        number=order.number,
        snapshot=affirmation_snapshot(parts, pinned_rules(order, clock.business_now())),
        at=clock.business_now(),
    )


def _block(order: Order, signature: Signature) -> SignatureBlock:
    limit = order.conditional_until
    return SignatureBlock(
        signer_name=signature.signer.full_name,
        role=Role(signature.role).label,
        method=signature.method_words,
        signed_at=signature.signed_at,
        # The limit is the first instant after the last day: the day printed is the last one that counts.
        conditional_until=last_day_before(limit) if limit else None,
        document_sha256=signature.document_sha256,
        consent_text=signature.consent_text,
        scan_sha256=signature.scan_sha256,
    )
