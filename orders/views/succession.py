"""The administrator's page: what became of a pharmacy, its effects seen before they are recorded."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from orders.forms.succession import SuccessionForm
from orders.services.succession import record_succession
from orders.services.succession_preview import SuccessionPreview, preview_succession
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION
from portal.common.canonical import sha256_of
from portal.common.refusals import Refused, refuse
from portal.registry.models import Pharmacy
from portal.registry.selectors import pharmacy_by_finess
from portal.registry.services.succession import SuccessionEvent
from portal.workflow.views import actor_of


def succession(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form; its effects once it is filled; recorded when those very effects have been seen."""
    actor = actor_of(request)
    if actor.role not in ADMINISTRATION:
        raise Http404
    pharmacy = get_object_or_404(Pharmacy, pk=pk)
    form = SuccessionForm(request.POST or None)
    preview: SuccessionPreview | None = None
    successor: Pharmacy | None = None
    if form.is_bound and form.is_valid():
        try:
            successor = _successor(form)
            event = _event(form, pharmacy, successor)
            preview = preview_succession(event)
            if preview.refusals:
                raise Refused(preview.refusals)
            seen = _fingerprint(event, preview)
            if "confirm" in request.POST and form.cleaned_data["seen"] == seen:
                return _record(request, event, preview, actor)
            form = SuccessionForm({**request.POST.dict(), "seen": seen})
        except Refused as refused:
            form.absorb(refused.refusals)
            preview = None
    context = {"pharmacy": pharmacy, "form": form, "preview": preview, "successor": successor}
    return render(request, "orders/succession.html", context)


def _successor(form: SuccessionForm) -> Pharmacy | None:
    """The pharmacy that goes on. Raises ``Refused`` for a FINESS that the registry does not know."""
    typed = form.cleaned_data["successor"]
    found = pharmacy_by_finess(typed) if typed else None
    if typed and found is None:
        words = "Aucune pharmacie ne porte ce FINESS géographique dans le registre : vérifiez le numéro."
        raise refuse("unknown_pharmacy", words, "successor")
    return found


def _event(form: SuccessionForm, pharmacy: Pharmacy, successor: Pharmacy | None) -> SuccessionEvent:
    return SuccessionEvent(
        pharmacy_id=pharmacy.pk,
        kind=form.cleaned_data["kind"],
        successor_id=successor.pk if successor else None,
        effective_on=form.cleaned_data["effective_on"],
        source=form.cleaned_data["source"],
    )


def _fingerprint(event: SuccessionEvent, preview: SuccessionPreview) -> str:
    """What was shown: the event and the orders it moves. Another event, or an order signed since, is shown again."""
    orders = [*preview.handed_over, *preview.lapsing, *preview.dropped]
    rights = [order.number for order in (*preview.former_rights, *preview.successor_rights)]
    return sha256_of(
        {
            "event": [event.kind, str(event.successor_id), event.effective_on.isoformat(), event.source],
            "orders": [[order.number, str(order.state)] for order in orders],
            "rights": rights,
        }
    )


def _record(request: HttpRequest, event: SuccessionEvent, preview: SuccessionPreview, actor: Actor) -> HttpResponse:
    record_succession(event=event, actor=actor)
    done = "Événement enregistré."
    if preview.handed_over:
        done += f" {len(preview.handed_over)} commande(s) proposée(s) à la reprise au titulaire qui succède."
    if preview.lapsing:
        done += f" {len(preview.lapsing)} commande(s) caduque(s)."
    messages.success(request, done)
    return redirect("registry:people", pk=event.pharmacy_id)
