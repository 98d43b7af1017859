"""Asking for a document: its snapshot is frozen now, its PDF comes after commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from portal.common.canonical import sha256_of
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
) -> Document:
    """Write the next revision of a document and ask for its rendering, in the caller's transaction.

    The caller holds the lock of the subject. ``at`` is business time. Raises LookupError for an unknown kind and
    TypeError for a snapshot without canonical form (a float in it).
    """
    declared = kind_of(kind)
    subject = {"kind": kind, "subject_type": subject_type, "subject_id": subject_id}
    last = Document.objects.filter(**subject).aggregate(last=Max("revision"))["last"] or 0
    document = Document(
        **subject,
        thread=thread,
        revision=last + 1,
        number=number,
        title=declared.title,
        snapshot=snapshot,
        snapshot_sha256=sha256_of(snapshot),
        requested_at=at,
    )
    document.save(force_insert=True)
    publish(TOPIC, {"id": str(document.pk)}, dedup=f"{TOPIC}:{document.pk}")
    return document
