"""Which months came for each pharmacy: drawn as squares, said in a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from indicators import charts
from indicators.deposit_selectors import Coverage, coverage_of, pharmacies_equipped
from indicators.forms import YearForm
from portal.accounts.domain.roles import ADMINISTRATION, Role
from portal.common import clock
from portal.common.clock import paris_date
from portal.registry.models import Supplier
from portal.registry.selectors import all_suppliers, supplier_of
from portal.workflow.views import actor_of

PAGE_SIZE = 25


@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """The months of the year asked for of a supplier's pharmacies: its own; any supplier's for the administration."""
    actor = actor_of(request)
    if actor.role is not Role.SUPPLIER and actor.role not in ADMINISTRATION:
        raise Http404
    every = list(all_suppliers()) if actor.role in ADMINISTRATION else []
    supplier = _chosen(request.GET.get("fournisseur", ""), every) if every else supplier_of(actor)
    form, year, today = year_asked(request)
    page = Paginator(pharmacies_equipped(supplier), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = coverage_of(page, year, today, supplier.pk if supplier else None)
    context = {"form": form, "year": year, "supplier": supplier, "suppliers": every, "page": page, "rows": rows}
    return render(request, "indicators/coverage.html", {**context, "lists_deposits": True, **drawn(rows)})


def year_asked(request: HttpRequest) -> tuple[YearForm, int, date]:
    """The form of the year, the year it asks for, and the day of Paris."""
    today = paris_date(clock.business_now())
    form = YearForm(request.GET, this_year=today.year)
    return form, form.year(), today


def drawn(rows: Sequence[Coverage]) -> dict[str, Any]:
    """The drawing of these rows, and its size."""
    grid = charts.month_grid([(row.pharmacy.name, row.months) for row in rows])
    size = {"grid_width": 12 * charts.STEP, "grid_height": charts.TOP + len(grid) * charts.LINE}
    return {"grid": grid, "initials": charts.initials(), "square": charts.SQUARE, **size}


def _chosen(asked: str, every: list[Supplier]) -> Supplier | None:
    return next((one for one in every if str(one.pk) == asked), every[0] if every else None)
