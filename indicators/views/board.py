"""The pharmacies of a supplier, or all of them, on one measure: spread, just below, departments, files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from indicators import charts
from indicators.boards import may_compare, places_of
from indicators.catalogue import measures_at
from indicators.domain.distribution import Place, by_department, just_below, spread
from indicators.domain.explain import percent
from indicators.domain.measures import STATE_LABELS, Measure, State
from indicators.domain.reward import preconditions
from indicators.exports import Row, csv_response, xlsx_response
from indicators.forms import BoardForm
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION
from portal.common import clock
from portal.common.clock import paris_date
from portal.workflow.views import actor_of

PAGE = 30
HEADS = (
    *("FINESS", "Pharmacie", "Ville", "Département", "Indicateur", "Année", "Situation"),
    *("Numérateur", "Dénominateur", "Taux (%)", "Seuil (%)", "Manquants", "Montant (€)", "Montant sous condition (€)"),
    "Mois sans dépôt",
)


@dataclass(frozen=True)
class Board:
    """What is asked for; ``measure`` is None in a year without any. ``conditions``: the preconditions of the year."""

    actor: Actor
    form: BoardForm
    year: int
    measure: Measure | None
    conditions: Sequence[Measure] = ()

    def places(self) -> Iterator[Place]:
        """The pharmacies."""
        conditions = [one.code for one in self.conditions]
        return places_of(self.actor, self.year, self.measure.code if self.measure else "", conditions)

    @property
    def name(self) -> str:
        """Of its files."""
        return f"usages-{self.year}-{self.measure.code if self.measure else 'aucun'}".lower()

    def rows(self) -> Iterator[Row]:
        """The pharmacies as rows of a file, heads first."""
        yield HEADS
        if self.measure is None:
            return
        for one in self.places():
            said = (one.finess, one.name, one.city, one.department, self.measure.title, self.year)
            counts = (one.numerator, one.denominator, one.rate, self.measure.percent, one.missing)
            amounts = (one.earned, one.conditional)
            yield *said, STATE_LABELS[State(one.state)], *counts, *amounts, ", ".join(one.months_missing)


def _asked(request: HttpRequest) -> Board:
    actor = actor_of(request)
    if not may_compare(actor):
        raise Http404
    now = clock.business_now()
    form = BoardForm(request.GET, this_year=paris_date(now).year)
    year = form.year()
    measures = {one.code: one for one in measures_at(now, year)}
    form.offer(measures.values())
    return Board(actor, form, year, measures.get(form.code()), preconditions(measures.values()))


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """The pharmacies compared, on one page."""
    found = _asked(request)
    places = list(found.places())
    steps, departments = spread(places), by_department(places)
    page = Paginator(just_below(places), PAGE).get_page(request.GET.get("page"))
    measure = found.measure
    context: dict[str, Any] = {
        "form": found.form,
        "year": found.year,
        "measure": measure,
        "threshold": percent(measure.percent) if measure and measure.percent is not None else "",
        "mark": round(charts.WIDTH * measure.percent / 100) if measure and measure.percent is not None else None,
        "places": len(places),
        "counts": _counts(places),
        "held": sum(one.conditional is not None for one in places),
        "conditions": ", ".join(f"« {one.title} »" for one in found.conditions),
        "steps": [step for step in steps if step.count],
        "columns": charts.histogram([step.count for step in steps]),
        "departments": [(one, percent(one.rate) if one.rate is not None else "–") for one in departments],
        "department_columns": charts.histogram([one.share for one in departments]),
        "page": page,
        "below": [(one, percent(one.rate) if one.rate is not None else "–") for one in page],
        "all_of_them": found.actor.role in ADMINISTRATION,
    }
    return render(request, "indicators/board.html", context)


def _counts(places: list[Place]) -> list[tuple[str, int]]:
    """How many pharmacies in each situation, those that nobody is in left out."""
    counted = dict.fromkeys(State, 0)
    for one in places:
        counted[State(one.state)] += 1
    return [(STATE_LABELS[state], count) for state, count in counted.items() if count]


@require_safe
def board_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Every pharmacy, for a spreadsheet."""
    found = _asked(request)
    return csv_response(found.rows(), found.name)


@require_safe
def board_xlsx(request: HttpRequest) -> HttpResponse:
    """The same as a workbook."""
    found = _asked(request)
    return xlsx_response([("Pharmacies", found.rows())], found.name)
