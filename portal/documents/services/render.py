"""Rendering a requested document: once, from its snapshot only."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from portal.common import clock
from portal.documents import render, storage
from portal.documents.kinds import kind
from portal.documents.models import Document
from portal.documents.render import Rendered


@transaction.atomic
def render_document(document_id: UUID, draw: Callable[[str], Rendered] | None = None) -> Document:
    """Render and store the PDF of a document, then return it; already rendered, it is returned as it is.

    ``draw``: from the HTML to the PDF; the simulation, whose documents nobody reads, gives a quick one.

    The row is locked: of two workers the second finds the work done. A crash between file and commit leaves a
    file that the next run writes again, byte for byte.
    """
    document = Document.objects.select_for_update().get(pk=document_id)
    if document.sha256 is not None:
        return document
    template_name = kind(document.kind).template_name
    rendered = (draw or render.rendered)(render.html(template_name, document.snapshot))
    document.sha256 = storage.store(rendered.content)
    document.size = len(rendered.content)
    document.pages = rendered.pages
    document.template = render.template_reference(template_name)
    document.rendered_at = clock.machine_now()
    document.save(update_fields=["sha256", "size", "pages", "template", "rendered_at"])
    return document
