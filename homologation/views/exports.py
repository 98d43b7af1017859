"""What leaves a dossier, for its pharmacy: the PDF, sealed or to read only, the answers as CSV, the archive."""

from __future__ import annotations

from typing import IO
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from homologation.dossier.documents import draft_copy, frozen_content, number_of
from homologation.dossier.exports import answers_csv
from homologation.dossier.files import archive_name, archive_of, copy_name
from homologation.dossier.pieces import paper_of
from homologation.models import InsiDossier
from homologation.selectors import get_dossier
from portal.common import clock
from portal.documents.responses import not_ready, pdf_response, private_pdf
from portal.documents.selectors import DocumentNotReady
from portal.workflow.views import actor_of


@require_safe
def pdf(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The sealed PDF of a decided dossier, 503 while it is being made; a copy to read of any other."""
    dossier = get_dossier(actor_of(request), pk)
    paper = paper_of(dossier)
    if paper is not None:
        return pdf_response(paper)
    return private_pdf(draft_copy(dossier, clock.business_now()), copy_name(dossier))


@require_safe
def answers(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every question and its answer, a line each."""
    dossier = get_dossier(actor_of(request), pk)
    content = answers_csv(frozen_content(dossier, clock.business_now()))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="reponses-{number_of(dossier)}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def archive(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Everything in one file."""
    return archive_response(get_dossier(actor_of(request), pk))


def archive_response(dossier: InsiDossier) -> HttpResponseBase:
    """The archive, sent as it is read; 503 while the PDF is being made."""
    try:
        opened: IO[bytes] = archive_of(dossier, clock.business_now())
    except DocumentNotReady:
        return not_ready()
    response = FileResponse(opened, as_attachment=True, filename=archive_name(dossier), content_type="application/zip")
    response["Cache-Control"] = "private, no-store"
    return response
