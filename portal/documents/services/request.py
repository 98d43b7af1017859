"""Asking for a document: its snapshot is frozen now, its PDF comes after commit."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from portal.common.canonical import sha256_of
from portal.documents import sealing
from portal.documents.domain.codes import ALPHABET, LENGTH, printed
from portal.documents.kinds import kind as kind_of
from portal.documents.models import Document
from portal.outbox.services.publish import publish

TOPIC = "documents.render"


@transaction.atomic
def request_document(
    *,
    kind: str,
    subject_type: str,
    subject_id: str,
    thread: str,
    number: str,
    snapshot: dict[str, Any],
    at: datetime,
    base: Document | None = None,
    given_sha256: str = "",
) -> Document:
    """Write the next revision of a document and ask for its rendering, in the caller's transaction.

    ``base``: the document whose file is signed, where the signature is put on that very file. ``given_sha256``: a
    stored file that is this document's as it is. ``at`` is business time. The caller holds the lock of the subject.
    Raises LookupError for an unknown kind and TypeError for a snapshot without canonical form (a float in it).
    """
    declared = kind_of(kind)
    subject = {"kind": kind, "subject_type": subject_type, "subject_id": subject_id}
    base = base if base is not None and base.seal_level else None
    code = None if base else "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    if code:  # a signed file bears the code of the one that it holds
        snapshot = {**snapshot, "verification": _verification(code)}
    document = Document(
        **subject,
        code=code,
        base=base,
        thread=thread,
        revision=_next_revision(subject),
        number=number,
        title=declared.title,
        snapshot=snapshot,
        snapshot_sha256=sha256_of(snapshot),
        requested_at=at,
        given_sha256=given_sha256,
    )
    document.save(force_insert=True)
    publish(TOPIC, {"id": str(document.pk)}, dedup=f"{TOPIC}:{document.pk}")
    return document


def _next_revision(subject: dict[str, str]) -> int:
    return (Document.objects.filter(**subject).aggregate(last=Max("revision"))["last"] or 0) + 1


def _verification(code: str) -> dict[str, str]:
    """What the paper says of how to check it."""
    return {
        "code": code,
        "printed": printed(code),
        "address": f"{settings.PORTAL_BASE_URL}/verifier/{code}",
        "timestamping": sealing.timestamping(),
    }
