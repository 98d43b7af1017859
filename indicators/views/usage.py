"""What a pharmacy's use of its software earns: a card for each measure of the year, clearly an estimate."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from indicators import charts
from indicators.catalogue import measures_of, open_programme
from indicators.domain.explain import percent, sentence
from indicators.domain.measures import Measure, State, floored, in_force
from indicators.forms import YearForm
from indicators.models import MeasureResult
from indicators.selectors import Month, Standing, lineages_of, months_of, results_of
from portal.accounts.domain.roles import PHARMACY_SIDE
from portal.common import clock
from portal.common.clock import paris_date
from portal.workflow.views import actor_of

TONES = {State.REACHED: "success", State.BELOW: "warning", State.INCOMPLETE: "info", State.WAITING: "warning"}


@require_safe
def usage(request: HttpRequest) -> HttpResponse:
    """The measures of the year asked for, of the actor's pharmacy."""
    actor = actor_of(request)
    lineage = lineages_of(actor).first() if actor.role in PHARMACY_SIDE else None
    if lineage is None:
        raise Http404
    now = clock.business_now()
    this_year = paris_date(now).year
    form = YearForm(request.GET, this_year=this_year)
    year = form.year()
    measures = {(one.code, one.version): one for one in _measures(year)}
    months = [month for month in months_of(lineage, year) if month.first <= paris_date(now)]
    standings = [one for one in results_of(lineage, year) if (one.result.code, one.result.version) in measures]
    cards = [_card(measures[one.result.code, one.result.version], one, months) for one in standings]
    context = {"cards": cards, "year": year, "form": form, "closed": year < this_year, "earned": _earned(cards)}
    return render(request, "indicators/usage.html", context)


def _measures(year: int) -> list[Measure]:
    return in_force(measures_of(open_programme(clock.business_now())), year)


def _card(measure: Measure, standing: Standing, months: list[Month]) -> dict[str, Any]:
    result, state = standing.result, State(standing.result.state)
    series = [_month(measure, month) for month in months]
    drawn = measure.percent is not None and result.rate is not None
    return {
        "measure": measure,
        "result": result,
        "label": standing.label,
        "tone": TONES.get(state, "neutral"),
        "sentence": sentence(measure, state, missing=result.missing, ahead=result.ahead, year=result.year),
        "rate": percent(result.rate) if result.rate is not None else "",
        "threshold": percent(measure.percent) if measure.percent is not None else "",
        "gauge": _gauge(measure, result),
        "months": series,
        "columns": charts.columns([one["value"] for one in series]) if drawn else [],
        "line": charts.line_at(measure.percent) if measure.percent is not None else 0,
        "doubtful": measure.confidence != "C",
    }


def _gauge(measure: Measure, result: MeasureResult) -> charts.Gauge | None:
    if measure.percent is None or result.rate is None:
        return None
    return charts.gauge(result.rate, measure.percent)


def _month(measure: Measure, month: Month) -> dict[str, Any]:
    part, whole = month.counters.get(measure.numerator, 0), month.counters.get(measure.denominator, 0)
    value = floored(part, whole) if whole else None
    return {
        "month": month.first,
        "part": part,
        "whole": whole,
        "value": value,
        "rate": percent(value) if value is not None else "–",
    }


def _earned(cards: list[dict[str, Any]]) -> Any:
    """The sum of what is earned so far; None where nothing is."""
    amounts = [card["result"].amount for card in cards if card["result"].amount is not None]
    return sum(amounts) if amounts else None
