"""The facts of a signature, gathered from where each is kept, for its evidence file. Reads only."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any

from django.conf import settings

from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership, ProfessionalIdentity
from portal.accounts.services.person_keys import unseal
from portal.accounts.services.step_up import binding_of
from portal.audit.files import BadRootFile
from portal.audit.models import AuditEvent
from portal.audit.proofs import NotYetPublished, inclusion_proof
from portal.common import clock
from portal.documents import storage
from portal.documents.domain.blocks import Frame, frame_json, instant
from portal.documents.domain.evidence import TITLE, EvidenceParts, evidence_snapshot
from portal.documents.models import Document, Evidence, Signature
from portal.documents.selectors import finess_in


def signed_copy(signature: Signature) -> Document | None:
    """The sealed file that holds this signature, or the one given back that does, once it is made."""
    return signature.document.signed_copies.exclude(sha256=None).exclude(seal_level="", given_sha256="").first()


def evidence_file(evidence: Evidence) -> bytes:
    """The PDF of an evidence that was made. Raises ``Erased``, or ``DamagedDocument`` when the file was altered."""
    closed = storage.read(evidence.kept_sha256)
    return unseal(evidence.signature.signer_id, closed.decode())


def facts_of(signature: Signature) -> tuple[dict[str, Any], date | None]:
    """The snapshot of the evidence, and the day of the published root that holds the act, None where none does yet.

    Raises ``Erased`` for a signatory erased since, LookupError while there is no signed file.
    """
    copy = signed_copy(signature)
    if copy is None:
        raise LookupError(f"no signed file for {signature.pk}")
    journal, proved_on = _journal(signature)
    said = signature.document.snapshot
    parts = EvidenceParts(
        frame=_frame(signature, said["frame"]),
        document=_document(signature.document, copy),
        person=_person(signature, said),
        consent={
            "version": signature.consent_version,
            "text": signature.consent_text,
            "sha256": hashlib.sha256(signature.consent_text.encode()).hexdigest(),
        },
        method={
            "code": signature.method,
            "label": signature.method_words,
            "given_sha256": signature.proof_sha256,
            "certificate": _unsealed(signature, signature.sealed) or None,
        },
        times={"signed_at": instant(signature.signed_at), "recorded_at": instant(signature.recorded_at)},
        request={"id": signature.request_id, "address": "", "agent": "", **_unsealed(signature, signature.context)},
        rules={name: said["frame"][f"rules_{name}"] for name in ("reference", "title", "source")},
        identity=_identity(signature),
        journal=journal,
    )
    return evidence_snapshot(parts), proved_on


def _frame(signature: Signature, of: dict[str, Any]) -> dict[str, Any]:
    return frame_json(
        Frame(
            title=TITLE,
            context=of["context"],
            funding_call=of["funding_call"],
            number=signature.document.number,
            rules_reference=of["rules_reference"],
            rules_title=of["rules_title"],
            rules_source=of["rules_source"],
            made_at=signature.signed_at,
            machine_at=clock.machine_now(),
            demo=settings.PORTAL_DEMO,
        )
    )


def _document(shown: Document, signed: Document) -> dict[str, Any]:
    return {
        "title": shown.title,
        "number": shown.number,
        "code": shown.code or "",
        "snapshot_sha256": shown.snapshot_sha256,
        "shown": {"sha256": shown.sha256, "size": shown.size},
        "signed": {"sha256": signed.sha256, "size": signed.size},
    }


def _person(signature: Signature, said: dict[str, Any]) -> dict[str, Any]:
    held = Membership.objects.valid_at(signature.signed_at).filter(
        user=signature.signer_id, organisation=signature.organisation_id, role=signature.role
    )
    since: datetime | None = held.order_by("since").values_list("since", flat=True).first()
    national = ProfessionalIdentity.objects.filter(user=signature.signer_id).values_list("national_id", flat=True)
    return {
        "name": signature.signer.full_name,
        "national_id": national.first() or "",
        "role": Role(signature.role).label,
        "role_since": instant(since),
        "organisation": signature.organisation.name,
        "finess": finess_in(said),
    }


def _unsealed(signature: Signature, sealed: str) -> dict[str, str]:
    kept: dict[str, str] = json.loads(unseal(signature.signer_id, sealed)) if sealed else {}
    return kept


def _identity(signature: Signature) -> dict[str, Any] | None:
    step_up = signature.step_up
    if step_up is None:
        return None
    kept = json.loads(unseal(signature.signer_id, step_up.sealed))
    return {
        "issuer": step_up.issuer,
        "acr": step_up.acr,
        "auth_mode": step_up.auth_mode,
        "auth_time": instant(step_up.auth_time),
        "claims": kept["userinfo"],
        "id_token": kept["id_token"],
        "jwks": step_up.jwks,
        "kept_sha256": step_up.sealed_sha256,
        **binding_of(step_up, signature.document_sha256),
    }


def _journal(signature: Signature) -> tuple[dict[str, Any], date | None]:
    event = AuditEvent.objects.filter(hash=signature.event_hash).first() if signature.event_hash else None
    said: dict[str, Any] = {"event_hash": signature.event_hash, "proof": None}
    if event is None:
        return said, None
    said["act"] = {
        "object": [event.object_type, event.object_id, event.seq],
        "verb": event.verb,
        "rules": event.rule_set,
    }
    try:
        proof = inclusion_proof(event)
    except (NotYetPublished, BadRootFile):
        return said, None
    return {**said, "proof": proof.as_json()}, proof.statement.day
