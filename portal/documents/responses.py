"""Serving a document's PDF; the view has checked that the actor may read it."""

from __future__ import annotations

import io

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from portal.documents import storage
from portal.documents.kinds import kind
from portal.documents.models import Document
from portal.documents.selectors import served_hash


def pdf_response(document: Document) -> HttpResponseBase:
    """The stored PDF, shown in the browser, proved to have its hash; 503 while it is not rendered yet.

    Raises ``DamagedDocument`` when the file was altered.
    """
    if document.sha256 is None:
        return not_ready()
    sha256 = served_hash(document)
    response = private_pdf(storage.read(sha256), file_name(document))
    response["ETag"] = f'"{sha256}"'
    return response


def private_pdf(content: bytes, name: str) -> FileResponse:
    """A PDF for this reader alone, shown in the browser."""
    response = FileResponse(io.BytesIO(content), content_type="application/pdf", filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=0, must-revalidate"
    return response


def attached(content: bytes, media_type: str, name: str) -> HttpResponse:
    """A file that somebody sent: always downloaded, never shown in our pages, kept by no cache."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def file_name(document: Document) -> str:
    """``bon-de-commande-BC-2022-000123.pdf``, with the revision from the second on."""
    revision = f"-r{document.revision}" if document.revision > 1 else ""
    number = slugify(document.number).upper()
    return f"{kind(document.kind).file_stem}-{number}{revision}.pdf"


def not_ready() -> HttpResponse:
    """What is said while a document is being made (503)."""
    message = "Ce document est en cours de préparation : réessayez dans quelques instants."
    return HttpResponse(message, status=503, content_type="text/plain; charset=utf-8", headers={"Retry-After": "3"})
