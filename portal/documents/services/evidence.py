"""The evidence file of a signature: asked for, made once by a worker, closed by the key of the signatory."""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from portal.accounts.services.person_keys import Erased, seal
from portal.audit.models import AuditEvent, AuditRoot
from portal.common import clock
from portal.documents import render, sealing, storage
from portal.documents.evidence import facts_of, signed_copy
from portal.documents.models import Evidence, Signature
from portal.outbox.services.publish import publish

TOPIC = "documents.evidence"
TEMPLATE = "documents/evidence.html"
AT_ONCE = 500
"""How many are asked for by one run of the schedule: the rest by the next one."""


@transaction.atomic
def request_evidence(signature_id: UUID) -> Evidence | None:
    """Ask for the evidence of a signature; one that is there and could say no more is given as it is.

    None where the signed file is not made, or is not sealed: there is nothing to give evidence of yet.
    """
    signature = Signature.objects.select_for_update(of=("self",)).select_related("document").get(pk=signature_id)
    if signed_copy(signature) is None:
        return None
    last = signature.evidence.order_by("-revision").first()
    if last is not None and (last.sha256 is None or last.proved_on is not None or not _published(signature)):
        return last
    revision = last.revision + 1 if last else 1
    made = Evidence.objects.create(signature=signature, revision=revision, requested_at=clock.machine_now())
    publish(TOPIC, {"id": str(made.pk)}, dedup=f"{TOPIC}:{made.pk}")
    return made


@transaction.atomic
def make_evidence(evidence_id: UUID) -> Evidence:
    """Draw, seal, close and store the evidence, once. That of a person erased meanwhile is never made."""
    evidence = (
        Evidence.objects.select_for_update(of=("self",)).select_related("signature__document").get(pk=evidence_id)
    )
    if evidence.sha256 is not None:
        return evidence
    try:
        snapshot, proved_on = facts_of(evidence.signature)
        content, level = _drawn(snapshot)
        closed = seal(evidence.signature.signer_id, content).encode()
    except Erased:
        return evidence
    evidence.sha256, evidence.size = hashlib.sha256(content).hexdigest(), len(content)
    evidence.kept_sha256, evidence.seal_level = storage.store(closed), level
    evidence.proved_on, evidence.made_at = proved_on, clock.machine_now()
    evidence.save(update_fields=["sha256", "size", "kept_sha256", "seal_level", "proved_on", "made_at"])
    return evidence


def request_owed() -> int:
    """Ask for the evidence of signatures whose act a published root holds by now; how many."""
    last = AuditRoot.objects.order_by("-number").first()
    if last is None:
        return 0
    proved = Evidence.objects.filter(signature=OuterRef("pk"), proved_on__isnull=False)
    waiting = Evidence.objects.filter(signature=OuterRef("pk"), sha256=None)
    owed = Signature.objects.filter(
        ~Exists(proved), ~Exists(waiting), recorded_at__lte=last.made_at, document__seal_level__gt=""
    ).exclude(event_hash="")
    asked = [request_evidence(key) for key in owed.order_by("recorded_at").values_list("pk", flat=True)[:AT_ONCE]]
    return sum(one is not None for one in asked)


def _published(signature: Signature) -> bool:
    """Whether a root was published since the act."""
    recorded = AuditEvent.objects.filter(hash=signature.event_hash).values_list("recorded_at", flat=True).first()
    return recorded is not None and AuditRoot.objects.filter(made_at__gte=recorded).exists()


def _drawn(snapshot: dict[str, object]) -> tuple[bytes, str]:
    drawn = render.rendered(render.html(TEMPLATE, snapshot), snapshot)
    return sealing.issued(drawn.content, sealing.PORTAL)
