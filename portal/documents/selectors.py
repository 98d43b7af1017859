"""Reading documents. The caller has already checked that the actor may see their subject."""

from __future__ import annotations

import io
from typing import BinaryIO

from django.db.models import QuerySet

from portal.documents import storage
from portal.documents.models import Document, Signature


class DocumentNotReady(Exception):
    """The PDF of a document is asked for before it was rendered."""


def documents_of(thread: str) -> QuerySet[Document]:
    """Every document of one order's life, voided ones included, oldest first."""
    return Document.objects.filter(thread=thread).order_by("requested_at", "kind", "revision")


def latest(kind: str, subject_type: str, subject_id: str) -> Document | None:
    """The last revision of a kind for a subject that is not voided, rendered or not."""
    documents = Document.objects.filter(kind=kind, subject_type=subject_type, subject_id=subject_id, voided_at=None)
    return documents.order_by("-revision").first()


def has_signed(user_id: int, sha256: str) -> bool:
    """Whether this person signed the file of this hash."""
    return Signature.objects.filter(signer=user_id, document_sha256=sha256).exists()


def open_file(document: Document) -> BinaryIO:
    """The PDF as a file. Raises ``DocumentNotReady``, or ``DamagedDocument`` when its bytes lost their hash."""
    if document.sha256 is None:
        raise DocumentNotReady(f"{document.kind} {document.number} is not rendered yet")
    return io.BytesIO(storage.read(document.sha256))
