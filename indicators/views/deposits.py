"""Deposits: to send one, to follow its reading, to correct what was left out, and all those there were."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from indicators.deposit_forms import DepositForm, NarrowForm
from indicators.deposit_selectors import (
    Narrow,
    coverage_of,
    deposits_of,
    get_deposit,
    narrowed,
    reach_of,
    received_by,
)
from indicators.domain.codes import FILE_CODES, LINE_CODES
from indicators.models import Deposit
from indicators.models.deposits import DepositState
from indicators.services.deposit import deposit_log
from indicators.services.rejects import as_sent, explained, is_json_log
from indicators.views.coverage import drawn, year_asked
from indicators.views.left_out import left_out
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION, PHARMACY_SIDE, Role
from portal.common import clock
from portal.common.refusals import Refusal
from portal.registry.models import Supplier
from portal.registry.selectors import all_suppliers, pharmacies_of, supplier_of, suppliers_served, versions_of
from portal.ui.charts import funnel_bars
from portal.workflow.views import actor_of

PAGE_SIZE = 30
TONES = {DepositState.RECEIVED: "info", DepositState.ACCEPTED: "success", DepositState.REFUSED: "error"}
FULL = (
    "Le portail manque de place pour ce fichier : rien n’en est pris. Réessayez dans une heure, ou prévenez "
    "l’administration."
)


@require_safe
def deposits(request: HttpRequest) -> HttpResponse:
    """Every deposit that concerns the actor, the last one first."""
    actor = actor_of(request)
    if actor.role in PHARMACY_SIDE:
        return _of_pharmacy(request, actor)
    if actor.role is not Role.SUPPLIER and actor.role not in ADMINISTRATION:
        raise Http404
    form = NarrowForm(request.GET, suppliers=all_suppliers() if actor.role in ADMINISTRATION else None)
    asked = form.chosen()
    page = Paginator(narrowed(deposits_of(actor), asked), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [{"deposit": one, **said(one)} for one in page],
        "may_deposit": actor.role is Role.SUPPLIER,
        "filtered": asked != Narrow(),
    }
    return render(request, "indicators/deposits.html", context)


def _of_pharmacy(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What came for the actor's pharmacy, and which months are missing."""
    year_form, year, today = year_asked(request)
    page = Paginator(received_by(actor), PAGE_SIZE).get_page(request.GET.get("page"))
    coverage = coverage_of(pharmacies_of(actor), year, today)
    context = {"page": page, "form": year_form, "year": year, "rows": coverage, "lists_deposits": False}
    context |= drawn(coverage)
    return render(request, "indicators/received.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Send a log; it is read by the worker, its page says how far it has come."""
    actor = actor_of(request)
    supplier = supplier_of(actor)
    if actor.role is not Role.SUPPLIER or supplier is None:
        raise Http404
    versions = versions_of(suppliers_served(actor, clock.business_now()))
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = DepositForm(*posted, versions=versions)
    if form.is_bound and form.is_valid():
        deposit = _deposit(request, form, supplier, actor)
        if deposit is not None:
            return redirect("indicators:deposit", pk=deposit.pk)
    return render(request, "indicators/deposit_new.html", {"form": form})


def _deposit(request: HttpRequest, form: DepositForm, supplier: Supplier, actor: Actor) -> Deposit | None:
    file = form.cleaned_data["file"]
    try:
        received = deposit_log(
            supplier=supplier,
            version=form.cleaned_data["version"],
            name=file.name,
            content=file.chunks(),
            actor=actor,
        )
    except OSError:
        form.absorb((Refusal("no_room", FULL, "file"),))
        return None
    if received.again:
        messages.info(request, FILE_CODES["already_deposited"].sentence)
    return received.deposit


@require_safe
def deposit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One deposit: how far its reading has come, then what came of it, each code explained."""
    actor = actor_of(request)
    found = get_deposit(actor, pk)
    rejected = sorted(found.rejected_by_code.items(), key=lambda item: (-item[1], item[0]))
    context: dict[str, Any] = {
        "deposit": found,
        **said(found),
        "running": found.state == DepositState.RECEIVED,
        "refusal": FILE_CODES.get(found.refusal),
        "rejects": [(code, LINE_CODES[code], lines) for code, lines in rejected],
        "bars": funnel_bars([(LINE_CODES[code].wrong, lines) for code, lines in rejected]),
        "reach": reach_of(found) if found.state == DepositState.ACCEPTED else {},
        "mine": actor.role is Role.SUPPLIER,
    }
    if rejected and context["mine"]:
        context |= left_out(request, found)
    return render(request, "indicators/deposit.html", context)


@require_safe
def rejects(request: HttpRequest, pk: UUID, form: str) -> HttpResponseBase:
    """The lines left out, streamed, for their supplier alone: as sent, or with the fault of each."""
    actor = actor_of(request)
    found = get_deposit(actor, pk)
    if actor.role is not Role.SUPPLIER or not found.rejected or found.state != DepositState.ACCEPTED:
        raise Http404
    bare = form == "a-corriger"
    ending = "jsonl" if bare and is_json_log(found) else "csv"
    kind = "application/x-ndjson" if ending == "jsonl" else "text/csv; charset=utf-8"
    response = StreamingHttpResponse(as_sent(found) if bare else explained(found), content_type=kind)
    name = slugify(found.name.partition(".")[0]) or "journal"
    response["Content-Disposition"] = f'attachment; filename="{name}-{form}.{ending}"'
    response["Cache-Control"] = "private, no-store"
    return response


def said(one: Deposit) -> dict[str, str]:
    """Its state in words, and their colour: an accepted file that left lines out asks for a look."""
    if one.state == DepositState.ACCEPTED and one.rejected:
        return {"label": "Accepté, lignes à corriger", "tone": "warning"}
    return {"label": DepositState(one.state).label, "tone": TONES[DepositState(one.state)]}
