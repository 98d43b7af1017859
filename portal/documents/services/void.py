"""Withdrawing a document: it stays stored and readable, but is no longer the valid one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from portal.common.refusals import refuse
from portal.documents.models import Document


@transaction.atomic
def void_document(document: Document, *, at: datetime, reason: str) -> Document:
    """Mark a document as withdrawn at ``at`` (business time). Already withdrawn: the first reason stays.

    Raises ``Refused`` without a reason.
    """
    if not reason.strip():
        raise refuse("void_reason_missing", "Dites pourquoi ce document est annulé.", "reason")
    locked = Document.objects.select_for_update().get(pk=document.pk)
    if locked.voided_at is None:
        locked.voided_at, locked.void_reason = at, reason.strip()[:300]
        locked.save(update_fields=["voided_at", "void_reason"])
    document.voided_at, document.void_reason = locked.voided_at, locked.void_reason
    return locked
