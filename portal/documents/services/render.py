"""Producing a requested document: once, from its snapshot, then sealed and stored."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from portal.common import clock
from portal.documents import render, sealing, storage
from portal.documents.intake.pdf import pages_of
from portal.documents.kinds import kind
from portal.documents.models import Document
from portal.documents.render import Rendered


@dataclass(frozen=True)
class _Produced:
    """The file of a document; ``unsealed``: the hash of what the snapshot alone gives, ``level``: of the last seal."""

    content: bytes
    pages: int
    unsealed: str
    level: str = ""


@transaction.atomic
def render_document(document_id: UUID, draw: Callable[[str], Rendered] | None = None) -> Document:
    """Render, seal and store the PDF of a document, then return it; already done, it is returned as it is.

    ``draw``: from the HTML to the PDF; the simulation, whose documents nobody reads, gives a quick one, never sealed.

    The row is locked: of two workers the second finds the work done. A crash between file and commit leaves a file
    that no document bears; the next run makes another one.
    """
    document = Document.objects.select_for_update().get(pk=document_id)
    if document.sha256 is not None:
        return document
    produced = _drawn(document, draw) if draw and not document.given_sha256 else _produced(document)
    document.sha256 = storage.store(produced.content)
    document.size = len(produced.content)
    document.pages = produced.pages
    document.unsealed_sha256, document.seal_level = produced.unsealed, produced.level
    document.template = render.template_reference(kind(document.kind).template_name)
    document.rendered_at = clock.machine_now()
    document.save(update_fields=["sha256", "size", "pages", "unsealed_sha256", "seal_level", "template", "rendered_at"])
    return document


def _produced(document: Document) -> _Produced:
    if document.given_sha256:
        return _as_it_came(document)
    if document.base is not None and document.base.sha256 is not None:
        return _signed_copy(document, document.base, document.base.sha256)
    drawn = _drawn(document, lambda html: render.rendered(html, document.snapshot))
    if not sealing.enabled():
        return drawn
    of = kind(document.kind)
    issuer = sealing.PORTAL if of.by_portal else sealing.issuer_of(document.snapshot)
    content, level = sealing.issued(drawn.content, issuer)
    if document.snapshot.get("signature"):
        content, level = sealing.signed(content, document.snapshot, drawn=True)
    return _Produced(content, drawn.pages, drawn.unsealed, level)


def _as_it_came(document: Document) -> _Produced:
    """The file that a person gave: nothing is added to it, no seal either."""
    content = storage.read(document.given_sha256)
    return _Produced(content, pages_of(content), hashlib.sha256(content).hexdigest())


def _signed_copy(document: Document, base: Document, sha256: str) -> _Produced:
    """The signature put on the very file that was shown: what was signed stays in it, byte for byte."""
    content, level = sealing.signed(storage.read(sha256), document.snapshot, drawn=False)
    return _Produced(content, base.pages or 1, base.unsealed_sha256, level)


def _drawn(document: Document, draw: Callable[[str], Rendered]) -> _Produced:
    drawn = draw(render.html(kind(document.kind).template_name, document.snapshot))
    return _Produced(drawn.content, drawn.pages, hashlib.sha256(drawn.content).hexdigest())
