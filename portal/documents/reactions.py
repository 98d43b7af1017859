"""What this application does when told; bound by ``portal.config.reactions``."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from portal.documents.services.evidence import make_evidence
from portal.documents.services.render import render_document


def on_render_requested(payload: dict[str, Any]) -> None:
    """Topic ``documents.render``, payload ``{"id": document id}``: render once, however often it is told."""
    render_document(UUID(payload["id"]))


def on_evidence_requested(payload: dict[str, Any]) -> None:
    """Topic ``documents.evidence``, payload ``{"id": evidence id}``: make it once, however often it is told."""
    make_evidence(UUID(payload["id"]))
