"""What leaves the register: the sheet to copy into the CNIL's service, the register of a period, « état néant »."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from homologation.breach_documents import register_pdf, sheet_pdf
from homologation.breach_selectors import breaches_of, get_breach, get_receipt, in_period, pharmacy_of
from homologation.forms.breaches import PeriodForm
from homologation.presentation_breach import register_rows
from homologation.services.breach_sheet import register, sealed, sheet
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.text import plain_cell
from portal.documents import storage
from portal.documents.responses import attached, private_pdf
from portal.workflow.views import actor_of


@require_safe
def sheet_as_json(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One breach, with the hash of its canonical form."""
    breach = get_breach(actor_of(request), pk)
    response = JsonResponse(
        sealed(sheet(breach, clock.business_now())), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    response["Content-Disposition"] = f'attachment; filename="violation-{breach.reference}.json"'
    return response


@require_safe
def sheet_as_pdf(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """One breach, to copy from."""
    breach = get_breach(actor_of(request), pk)
    now = clock.business_now()
    return private_pdf(sheet_pdf(sheet(breach, now), now), f"violation-{breach.reference}.pdf")


@require_safe
def receipt_file(request: HttpRequest, pk: UUID, receipt: int) -> HttpResponse:
    """A receipt of the CNIL, proved to be what was joined; always downloaded, never shown in our pages."""
    found = get_receipt(get_breach(actor_of(request), pk), receipt)
    return attached(storage.read(found.sha256), found.media_type, found.label)


@require_safe
def register_as_pdf(request: HttpRequest) -> HttpResponseBase:
    """The register of the period asked for."""
    found = _asked(request)
    return private_pdf(register_pdf(found), f"registre-violations-{found['pharmacy']['finess']}.pdf")


@require_safe
def register_as_csv(request: HttpRequest) -> HttpResponse:
    """The same, a row a breach."""
    found = _asked(request)
    text = io.StringIO("\ufeff")
    text.seek(0, io.SEEK_END)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([plain_cell(cell) for cell in row] for row in register_rows(found))
    response = HttpResponse(text.getvalue().encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="registre-violations-{found["pharmacy"]["finess"]}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _asked(request: HttpRequest) -> dict[str, Any]:
    """The register of the period in the query. Raises Http404 for a stranger or a date that cannot be read."""
    actor = actor_of(request)
    pharmacy = pharmacy_of(actor)
    form = PeriodForm(request.GET)
    if not form.is_valid():
        raise Http404("unreadable period")
    asked, now = form.cleaned_data, clock.business_now()
    # nothing is certified of days to come
    until = min(asked["au"], paris_date(now)) if asked["au"] else None
    found = in_period(breaches_of(actor), asked["du"], until, drills=asked["exercices"])
    oldest_first = found.order_by("year", "number").prefetch_related("entries", "notifications__receipts")
    return {
        **register(pharmacy, oldest_first, asked["du"], until, now),
        "drills": asked["exercices"],
    }
