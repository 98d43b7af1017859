"""« Échéances »: what is late and what comes, month by month, and why each date; the weekly load of a supplier."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orders.domain.deadlines import PHARMACY, SUPPLIER, last_day
from orders.models import Order
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import PHARMACY_SIDE, SUPPLIER_SIDE
from portal.common import clock
from portal.common.clock import paris_date
from portal.reminders.charts import weekly_load
from portal.reminders.forms import DeadlinesForm
from portal.reminders.selectors import Due, due_for, orders_of
from portal.ui.formats import MONTHS
from portal.workflow.views import actor_of

PAGE_SIZE = 50
_OWNERS = {SUPPLIER: "Fournisseur", PHARMACY: "Pharmacie"}


@require_safe
def deadlines(request: HttpRequest) -> HttpResponse:
    """Everything due that the actor may see: late first, then by month."""
    actor, now = actor_of(request), clock.business_now()
    form = DeadlinesForm(request.GET)
    kind, owner = form.kind(), form.owner()
    found = [due for due in due_for(actor, now, kind) if not owner or due.deadline.owner == owner]
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    context = {
        "form": form,
        "page": page,
        "groups": _groups(rows, orders_of(rows, actor), actor, now),
        "filtered": bool(kind or owner),
        "late": sum(due.deadline.due_at <= now for due in found),
        "to_pharmacy": actor.role in PHARMACY_SIDE,
        "has_load": actor.role not in PHARMACY_SIDE,
        "has_calendar": actor.role in PHARMACY_SIDE | SUPPLIER_SIDE,
    }
    return render(request, "reminders/deadlines.html", context)


@require_safe
def load(request: HttpRequest) -> HttpResponse:
    """The weeks to come: installations planned, and what else is due."""
    actor, now = actor_of(request), clock.business_now()
    if actor.role in PHARMACY_SIDE:
        raise Http404
    chart = weekly_load([due.deadline for due in due_for(actor, now)], paris_date(now))
    return render(request, "reminders/load.html", {"load": chart})


def _groups(rows: Iterable[Due], orders: dict[Any, Order], actor: Actor, now: datetime) -> list[dict[str, Any]]:
    shown = [_shown(due, orders, actor, now) for due in rows]
    return [
        {"title": title, "rows": list(members)}
        for title, members in groupby(shown, key=lambda item: str(item["month"]))
    ]


def _shown(due: Due, orders: dict[Any, Order], actor: Actor, now: datetime) -> dict[str, Any]:
    deadline = due.deadline
    late = deadline.due_at <= now
    day = last_day(deadline)
    return {
        "deadline": deadline,
        "order": orders.get(due.order_id),
        "supplier_name": due.supplier_name,
        "owner": "Vous" if deadline.owner == _side(actor) else _OWNERS[deadline.owner],
        "late": late,
        "month": "En retard" if late else f"{MONTHS[day.month - 1].capitalize()} {day.year}",
    }


def _side(actor: Actor) -> str:
    if actor.role in SUPPLIER_SIDE:
        return SUPPLIER
    return PHARMACY if actor.role in PHARMACY_SIDE else ""
