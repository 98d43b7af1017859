"""Asking for a VA's document: the snapshot is taken here, the PDF is made after commit."""

from __future__ import annotations

from attestations.documents import attestation_parts
from attestations.domain.filled import Filled, filled_from
from attestations.domain.snapshot import SignatureBlock, attestation_snapshot
from attestations.models import Attestation
from attestations.services.machine import OBJECT
from orders.services.prestation import pinned_rules
from portal.accounts.domain.roles import Role
from portal.common import clock
from portal.documents.models import Document, Signature
from portal.documents.services.request import request_document

SCAN = "va_scan"
"""The kind of document that the scan of a VA signed by hand is."""


def request_va(
    attestation: Attestation, *, kind: str, filled: Filled | None = None, signature: Signature | None = None
) -> Document:
    """Ask for the VA as it stands or as it was filled in; with a signature, for the signed copy of what was signed.

    The kind ``SCAN``: for the scan of the paper signed by hand, kept as it came.
    """
    block = None
    if signature is not None:
        filled = filled_from(signature.document.snapshot)
        block = SignatureBlock(
            signer_name=signature.signer.full_name,
            role=Role(signature.role).label,
            method=signature.method_words,
            signed_at=signature.signed_at,
            document_sha256=signature.document_sha256,
            place=filled.place,
            consent_text=signature.consent_text,
            scan_sha256=signature.scan_sha256,
        )
    rules = pinned_rules(attestation.order, clock.business_now())
    return request_document(
        kind=kind,
        subject_type=OBJECT,
        subject_id=str(attestation.pk),
        thread=str(attestation.order_id),
        number=attestation.number,
        snapshot=attestation_snapshot(attestation_parts(attestation, filled), rules, block),
        base=signature.document if signature is not None and kind != SCAN else None,
        given_sha256=_as_it_came(kind, signature) if signature is not None else "",
        at=clock.business_now(),
    )


def _as_it_came(kind: str, signature: Signature) -> str:
    """The file that a person gave, where it is the document."""
    return signature.scan_sha256 if kind == SCAN else signature.returned_sha256
