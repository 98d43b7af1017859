"""The three homes: supplier's board, pharmacist's one next step, administrator's funnel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from homologation.help_selectors import waiting_helps
from indicators.deposit_selectors import last_to_look_at
from orders.services.several import how_many_wait, titulaire_actors
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import PHARMACY_SIDE, SUPPLIER_SIDE, Role
from portal.accounts.middleware import PortalRequest
from portal.accounts.models import User
from portal.accounts.selectors import national_id_of
from portal.common import clock
from portal.documents.papers import scans_to_confirm
from portal.home.domain.stages import OWNER_LABELS, PHARMACY, STAGES, SUPPLIER, Stage, owner_words, steps_of
from portal.home.forms import BoardForm
from portal.home.selectors import dossiers, funnel, late, narrowed
from portal.programmes.domain.book import Book
from portal.programmes.domain.ruleset import RuleSet
from portal.programmes.selectors import default_book
from portal.registry.selectors import suppliers_served, versions_of
from portal.ui.charts import funnel_bars
from portal.workflow.views import actor_of

if TYPE_CHECKING:
    from portal.home.selectors import StagedOrder

PAGE_SIZE = 50


def current_book() -> Book:
    """Every version known now of the rules of the programme that is open."""
    return default_book(clock.business_now())


def current_rules() -> RuleSet:
    """The rules of the day, of the programme that is open."""
    return current_book().at(clock.business_now())


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The home of whoever is logged in; a person without any organisation is told whom to ask."""
    if not cast(PortalRequest, request).actor:
        if national_id_of(cast(User, request.user).pk):
            return redirect("registry:enrol")
        return render(request, "home/no_organisation.html", status=403)
    actor = actor_of(request)
    if actor.role is Role.PREPARATEUR:
        return redirect("homologation:duties")
    if actor.role in SUPPLIER_SIDE:
        return board(request)
    return _pharmacist(request, actor) if actor.role in PHARMACY_SIDE else _administrator(request, actor)


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """One line a pharmacy, from order to VA: filter, sort, page."""
    actor = actor_of(request)
    served = suppliers_served(actor, clock.business_now())
    versions = [] if actor.role in PHARMACY_SIDE else list(versions_of(served))
    form = BoardForm(request.GET, versions=versions)
    orders = narrowed(dossiers(actor, current_rules()), form.filters())
    page = Paginator(orders, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [row(order, actor) for order in page],
        "can_draft": actor.role in SUPPLIER_SIDE,
        "log": last_to_look_at(actor),
        "helps": waiting_helps(actor),
        "filtered": form.is_filtered(),
        "title": "Vos commandes" if actor.role in SUPPLIER_SIDE else "Toutes les commandes",
    }
    return render(request, "home/board.html", context)


def row(order: StagedOrder, actor: Actor) -> dict[str, Any]:
    """One line of a board: the order and its stage in words."""
    stage = stage_of(order)
    return {"order": order, "stage": stage, "owner": owner_words(stage, side_of(actor)), "due_at": order.due_at}


def side_of(actor: Actor) -> str:
    """On which side of the order the actor stands; empty for the administration."""
    if actor.role in SUPPLIER_SIDE:
        return SUPPLIER
    return PHARMACY if actor.role in PHARMACY_SIDE else ""


def stage_of(order: StagedOrder) -> Stage:
    """The stage annotated by the selector."""
    return STAGES[order.stage]


def _pharmacist(request: HttpRequest, actor: Actor) -> HttpResponse:
    rows = [row(order, actor) for order in dossiers(actor, current_rules()).order_by("-created_at", "number")]
    mine = sorted((r for r in rows if r["stage"].owner == PHARMACY), key=lambda r: r["due_at"] or clock.business_now())
    running = [r for r in rows if r["stage"].step]
    first = next(iter([*mine, *running]), None)
    context = {
        "first": first,
        "steps": steps_of(first["stage"]) if first else [],
        "others": [r for r in rows if r is not first],
        "may_sign": actor.role is Role.TITULAIRE,
        "several": how_many_wait(titulaire_actors(cast(PortalRequest, request).memberships)),
        "mine": bool(mine),
        "to_confirm": scans_to_confirm(actor),
        "owner": first["owner"] if first and first["stage"].owner else "",
        "rules": current_rules(),
    }
    return render(request, "home/pharmacist.html", context)


def _administrator(request: HttpRequest, actor: Actor) -> HttpResponse:
    everything = dossiers(actor, current_rules())
    counts = funnel(everything)
    context = {
        "form": BoardForm(request.GET, versions=[]),
        "bars": funnel_bars([(STAGES[code].label, n) for code, n in counts.items() if STAGES[code].step]),
        "counts": [(STAGES[code], n, OWNER_LABELS[STAGES[code].owner]) for code, n in counts.items()],
        "total": sum(counts.values()),
        "late": [row(order, actor) for order in late(everything, clock.business_now())[:20]],
    }
    return render(request, "home/administrator.html", context)
