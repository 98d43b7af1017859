"""A pharmacy's figures as files: months and days as CSV and XLSX, the year as a PDF report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from indicators.domain.counters import COUNTERS
from indicators.exports import Row, csv_response, xlsx_response
from indicators.report import write_report
from indicators.selectors import all_days_of, months_of
from indicators.views.usage import Asked, asked
from portal.common import clock
from portal.common.clock import paris_date

DAY_HEADS = ("Jour", "FINESS", "Fournisseur", *COUNTERS)
MONTH_HEADS = ("Mois", *COUNTERS)


def _months(found: Asked) -> Iterator[Row]:
    yield MONTH_HEADS
    today = paris_date(clock.business_now())
    for month in months_of(found.lineage, found.year):
        if month.first <= today:
            yield month.first, *(month.counters.get(name, 0) for name in COUNTERS)


def _days(found: Asked) -> Iterator[Row]:
    yield DAY_HEADS
    for day in all_days_of(found.lineage, found.year).iterator():
        counts: tuple[Any, ...] = tuple(getattr(day, name) for name in COUNTERS)
        yield day.day, day.pharmacy.finess, day.supplier.name, *counts


GRAINS = {"mois": _months, "jours": _days}


@require_safe
def usage_csv(request: HttpRequest, grain: str) -> StreamingHttpResponse:
    """The counters of the year, by month or by day and software."""
    found = asked(request)
    if grain not in GRAINS:
        raise Http404
    return csv_response(GRAINS[grain](found), f"usages-{found.year}-{grain}")


@require_safe
def usage_xlsx(request: HttpRequest) -> HttpResponse:
    """The same, both in one workbook."""
    found = asked(request)
    return xlsx_response([("Mois", _months(found)), ("Jours", _days(found))], f"usages-{found.year}")


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """The year as a PDF to keep with the declaration."""
    found = asked(request)
    response = HttpResponse(write_report(found.view()), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="usages-{found.year}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
