"""Recording a signature: who, what exact bytes, agreeing to which words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from portal.accounts.actors import Actor
from portal.accounts.services.person_keys import seal
from portal.accounts.services.step_up import NOT_CONFIRMED, claim_step_up
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.common.canonical import canonical
from portal.common.refusals import Refused, refuse
from portal.documents import storage
from portal.documents.domain.methods import PSC, PSC_DEMO
from portal.documents.models import Document, Signature


@dataclass(frozen=True)
class Given:
    """What a person gave back in place of a fresh authentication, found good for one document.

    ``content``: the document signed elsewhere, or the scan of the signed paper; ``document_sha256``: what it was
    judged against; ``field`` and ``certificate``: of the signature, where there is one; ``doubt``: on who signed.
    """

    method: str
    content: bytes
    document_sha256: str
    field: str = ""
    certificate: Mapping[str, str] | None = None
    doubt: str = ""


@transaction.atomic
def record_signature(
    *,
    document: Document,
    actor: Actor,
    signed_at: datetime,
    consent_version: str,
    consent_text: str,
    given: Given | None = None,
) -> Signature:
    """Append the signature of the actor under a document, in the caller's transaction.

    It uses up the fresh authentication that commits to the hash of this very file and to this text: a password alone
    is not accepted by the programme (domain §2, IND-590). Or else the file ``given`` back is kept. ``signed_at`` is
    business time. Raises ``Refused`` for a document that is not rendered, voided, damaged or already signed by this
    person, for an identity that was not confirmed for it, and for a file given for another one; ValueError when no
    person acts.
    """
    if actor.user_id is None or actor.organisation_id is None:
        raise ValueError("only a person acting for an organisation signs")
    locked = Document.objects.select_for_update().get(pk=document.pk)
    sha256 = _proved_hash(locked)
    if Signature.objects.filter(document=locked, signer_id=actor.user_id).exists():
        raise refuse("already_signed", f"Vous avez déjà signé le document n° {locked.number}.")
    proof = _proof(given, actor.user_id, sha256) if given else _confirmed(actor.user_id, sha256, consent_version)
    signature = Signature(
        document=locked,
        signer_id=actor.user_id,
        signed_at=signed_at,
        recorded_at=clock.machine_now(),
        document_sha256=sha256,
        consent_version=consent_version,
        consent_text=consent_text,
        **proof,
        **_circumstances(locked, actor),
    )
    signature.save(force_insert=True)
    return signature


def _confirmed(user_id: int, sha256: str, consent_version: str) -> dict[str, Any]:
    step_up = claim_step_up(user_id=user_id, document_sha256=sha256)
    if step_up.consent != consent_version:
        raise refuse("step_up_missing", NOT_CONFIRMED)
    return {"method": PSC_DEMO if step_up.demo else PSC, "step_up": step_up}


def _proof(given: Given, user_id: int, sha256: str) -> dict[str, Any]:
    """The file is stored last: what was refused before left nothing."""
    if given.document_sha256 != sha256:
        raise refuse("other_document", "Le document a changé depuis. Téléchargez-le et signez-le à nouveau.")
    certificate = json.dumps(dict(given.certificate), ensure_ascii=False).encode() if given.certificate else b""
    return {
        "method": given.method,
        "field": given.field,
        "doubt": given.doubt,
        "sealed": seal(user_id, certificate) if certificate else "",
        "proof_sha256": storage.store(given.content),
    }


def _circumstances(document: Document, actor: Actor) -> dict[str, Any]:
    """As what the actor signs and from where, and the act of the journal that signs, which the executor just wrote."""
    acts = AuditEvent.objects.filter(object_type=document.subject_type, object_id=document.subject_id)
    return {
        "role": actor.role.value,
        "organisation_id": actor.organisation_id,
        "request_id": actor.request_id,
        "event_hash": acts.order_by("-seq").values_list("hash", flat=True).first() or "",
        "context": seal(actor.user_id or 0, canonical({"address": actor.address, "agent": actor.agent})),
    }


def _proved_hash(document: Document) -> str:
    """The hash of the file, once the bytes on disk have been proved to have it."""
    if document.voided_at is not None:
        raise _refused("document_voided", document, f"a été annulé : {document.void_reason}")
    if document.sha256 is None:
        raise _refused(
            "document_not_rendered", document, "est en cours de préparation. Réessayez dans quelques instants."
        )
    try:
        storage.read(document.sha256)
    except storage.DamagedDocument:
        raise _refused(
            "document_damaged",
            document,
            "ne correspond plus à son empreinte : sa signature est bloquée. Prévenez l’assistance du portail.",
        ) from None
    return document.sha256


def _refused(code: str, document: Document, why: str) -> Refused:
    return refuse(code, f"Le document n° {document.number} {why}")
