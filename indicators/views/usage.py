"""What a pharmacy's use of its software earns: a card for each measure of the year, clearly an estimate, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from indicators.catalogue import declared_in, measures_in, open_programme
from indicators.domain.measures import Measure
from indicators.forms import YearForm
from indicators.models import MeasureResult
from indicators.presentation import YearView, drawing, month_row, total_row, year_view
from indicators.selectors import days_of, deposits_of, lineages_of, months_of, ready_on, results_of
from portal.accounts.domain.roles import PHARMACY_SIDE
from portal.common import clock
from portal.common.clock import paris_date
from portal.registry.models import Lineage
from portal.workflow.views import actor_of

DEPOSITS = 20


@dataclass(frozen=True)
class Asked:
    """The pharmacy of the actor, and the year that they ask for."""

    lineage: Lineage
    form: YearForm

    @property
    def year(self) -> int:
        """The calendar year of Paris."""
        return self.form.year()

    def view(self) -> YearView:
        """The year, read and put in words."""
        return year_view(self.lineage, self.year, clock.business_now())


def asked(request: HttpRequest) -> Asked:
    """What the request is about. Raises Http404 for whoever is not of a pharmacy."""
    actor = actor_of(request)
    lineage = lineages_of(actor).first() if actor.role in PHARMACY_SIDE else None
    if lineage is None:
        raise Http404
    return Asked(lineage, YearForm(request.GET, this_year=paris_date(clock.business_now()).year))


@require_safe
def usage(request: HttpRequest) -> HttpResponse:
    """The measures of the year asked for, of the actor's pharmacy."""
    found = asked(request)
    return render(request, "indicators/usage.html", {"form": found.form, "year": found.year, "view": found.view()})


@require_safe
def declaration(request: HttpRequest) -> HttpResponse:
    """The figures of the year ready to copy on the insurer's site, each with its date and its doubt."""
    found = asked(request)
    declared = declared_in(open_programme(clock.business_now()), found.year)
    context = {"form": found.form, "year": found.year, "view": found.view(), "declared": declared}
    return render(request, "indicators/declaration.html", context)


@require_safe
def why(request: HttpRequest, code: str) -> HttpResponse:
    """Where a rate comes from: the months of the year; of one month, its days and the deposits that brought them."""
    found = asked(request)
    year, now = found.year, clock.business_now()
    today, programme = paris_date(now), open_programme(now)
    measure, since = _measure(programme, code, year), ready_on(found.lineage, programme)
    months = [month_row(measure, month) for month in months_of(found.lineage, year, since) if month.first <= today]
    context: dict[str, Any] = {"form": found.form, "year": year, "measure": measure, "months": months}
    context |= {"since": since, "total": total_row(months), "result": _result(found, code)}
    month = _month(request.GET.get("mois", ""), year)
    if month is not None:
        days = [month_row(measure, day) for day in days_of(found.lineage, month, since)]
        cells = Paginator(deposits_of(found.lineage, month), DEPOSITS).get_page(request.GET.get("page"))
        context |= {"month": month, "days": days, "page": cells, **drawing(measure, days)}
    return render(request, "indicators/why.html", context)


def _result(found: Asked, code: str) -> MeasureResult | None:
    return next((one.result for one in results_of(found.lineage, found.year) if one.result.code == code), None)


def _measure(programme: str, code: str, year: int) -> Measure:
    for measure in measures_in(programme, year):
        if measure.code == code:
            return measure
    raise Http404


def _month(text: str, year: int) -> date | None:
    """The month asked for, « 03 »; None where it is none of the twelve."""
    return date(year, int(text), 1) if text in {f"{number:02d}" for number in range(1, 13)} else None
