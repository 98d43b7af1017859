"""Who of another organisation opened a dossier: noted when it is, told to the pharmacy that it concerns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from orders.models import Order
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import PHARMACY_SIDE, Role
from portal.audit.reads import reads_of, record_read
from portal.documents.models import Document, Evidence

SHOWN = 20
"""How many of the last reads a dossier shows."""
_DOCUMENT = Document._meta.db_table


def note_reading(order: Order, actor: Actor, document: Document | Evidence | None = None) -> None:
    """Note it when the actor is not of the pharmacy, and the order was shown to it: a draft concerns nobody yet."""
    if order.issued_at is None or actor.organisation_id == order.pharmacy.organisation_id:
        return
    read = document or order
    record_read(actor, object_type=read._meta.db_table, object_id=str(read.pk), thread=str(order.pk))


def readings(order: Order, documents: Iterable[Document], actor: Actor) -> list[dict[str, Any]]:
    """The last reads in words, for the pharmacy's own people; none for anybody else. Machine time."""
    if actor.role not in PHARMACY_SIDE:
        return []
    titles = {str(document.pk): f"{document.title} n° {document.number}" for document in documents}
    return [
        {
            "at": read.at,
            "who": f"{read.reader.full_name} ({Role(read.role).label}) – {read.organisation.name}",
            "what": titles.get(read.object_id, "Document") if read.object_type == _DOCUMENT else "Dossier",
        }
        for read in reads_of(str(order.pk))[:SHOWN]
    ]
