"""« Commandes en jeu »: what a supplier still has to win or lose, and the administration over all of them."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.accounts.domain.roles import PHARMACY_SIDE, SUPPLIER_SIDE
from portal.common import clock
from portal.home.stakes import stakes
from portal.home.views.boards import current_book
from portal.ui.charts import funnel_bars
from portal.workflow.views import actor_of

PAGE_SIZE = 50


@require_safe
def at_stake(request: HttpRequest) -> HttpResponse:
    """The conditional orders, the most urgent first; a pharmacy has its own dossier instead."""
    actor = actor_of(request)
    if actor.role in PHARMACY_SIDE:
        raise Http404
    book = current_book()
    now, wanted = clock.business_now(), request.GET.get("logiciel", "")
    found = stakes(actor, book, now, wanted)
    if wanted and not found.orders:
        wanted, found = "", stakes(actor, book, now)
    page = Paginator(found.orders, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "stakes": found,
        "page": page,
        "rows": list(page),
        "bars": funnel_bars([(f"Semaine du {week.monday:%d/%m/%Y}", week.orders) for week in found.weeks]),
        "software": wanted,
        "everything": actor.role not in SUPPLIER_SIDE,
    }
    return render(request, "home/stakes.html", context)
