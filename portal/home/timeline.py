"""The life of a dossier in words: events and documents together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse

from attestations.domain.lifecycle import ATTESTATION
from orders.domain.lifecycle import INSTALLATION, ORDER
from orders.models import Order
from orders.selectors import timeline
from portal.accounts.domain.roles import Role
from portal.audit.models import AuditEvent
from portal.documents.models import Document

_LIFECYCLES = {"orders_order": ORDER, "orders_installation": INSTALLATION, "attestations_attestation": ATTESTATION}
_CREATED = {
    "orders_order": "Brouillon créé",
    "orders_installation": "Installation ouverte",
    "attestations_attestation": "VA préparée",
}
_OBJECTIONS = {
    "object": "Remplacement contesté par le fournisseur",
    "objection_rejected": "Contestation rejetée : le remplacement tient",
    "objection_upheld": "Contestation reçue : la commande est rétablie",
}
_HIDDEN_FROM_PHARMACY = {("orders_order", "create"), ("orders_order", "edit")}


def entries(
    order: Order,
    documents: Iterable[Document],
    *,
    for_pharmacy: bool,
    events: Iterable[AuditEvent] | None = None,
    until: datetime | None = None,
) -> list[dict[str, Any]]:
    """The timeline, newest first; a pharmacy does not see the supplier's drafting.

    ``events``: those of the order, where the page has read them. ``until``: only what was before that instant.
    """
    told = [
        _event(event)
        for event in (timeline(order) if events is None else events)
        if not (for_pharmacy and (event.object_type, event.verb) in _HIDDEN_FROM_PHARMACY)
        and (until is None or event.at < until)
    ]
    papers = [_document(order, paper, until) for paper in documents if until is None or paper.requested_at < until]
    return sorted(told + papers, key=lambda entry: (entry["at"], entry["rank"]), reverse=True)


def _event(event: AuditEvent) -> dict[str, Any]:
    title, state = _words(event)
    who = event.actor.full_name if event.actor else "Portail"
    organisation = f" – {event.organisation.name}" if event.organisation else ""
    role = "" if event.role == Role.SYSTEM else f" ({Role(event.role).label})"
    return {
        "at": event.at,
        "rank": event.pk,
        "title": title,
        "actor": f"{who}{role}{organisation}",
        "detail": f"État : {state}" if state else "",
        "document_url": "",
        "document_label": "",
    }


def _words(event: AuditEvent) -> tuple[str, str]:
    """What happened, and the state it led to where it changed."""
    if event.object_type == "orders_objection":
        return _OBJECTIONS[event.verb], ""
    lifecycle = _LIFECYCLES[event.object_type]
    title = _CREATED[event.object_type] if event.verb == "create" else lifecycle.transition(event.verb).done
    return title, lifecycle.labels[event.to_state] if event.to_state != event.from_state else ""


def _document(order: Order, document: Document, until: datetime | None) -> dict[str, Any]:
    voided = document.voided_at is not None and (until is None or document.voided_at < until)
    return {
        "at": document.requested_at,
        "rank": 0,
        "title": document.title,
        "actor": "Portail",
        "detail": f"Sans suite : {document.void_reason}" if voided else "",
        "document_url": reverse("home:document", args=[order.pk, document.pk]) if document.sha256 else "",
        "document_label": f"{document.title} n° {document.number} (PDF)",
    }
