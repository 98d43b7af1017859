"""The administrators' registry: software and their référencement, pharmacies and their people."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from portal.accounts.domain.roles import Role
from portal.common import clock
from portal.common.refusals import Refused
from portal.programmes.selectors import default_rules
from portal.registry.domain.referencing import STATUS_LABELS, Status
from portal.registry.forms import AttachForm, StatusForm
from portal.registry.models import Pharmacy
from portal.registry.selectors import (
    all_versions,
    history_of,
    known_as,
    lineage_events,
    people_of,
    search_pharmacies,
    software_board,
)
from portal.registry.services.people import Person, engage
from portal.registry.services.suppliers import record_status
from portal.workflow.views import administrator


@require_safe
def software(request: HttpRequest) -> HttpResponse:
    """Every software version with the status of its référencement today."""
    administrator(request)
    now = clock.business_now()
    rows = software_board(default_rules(now).programme, now)
    return render(request, "registry/software.html", {"rows": rows})


def referencing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The history of one version's référencement, and a form to add a change."""
    administrator(request)
    version = get_object_or_404(all_versions(), pk=pk)
    programme = default_rules(clock.business_now()).programme
    form = StatusForm(request.POST or None)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            record_status(programme=programme, version=version, **{**data, "status": Status(data["status"])})
        except Refused as refused:
            form.absorb(refused.refusals)
        else:
            messages.success(request, "Statut enregistré. Les commandes concernées suivent.")
            return redirect("registry:referencing", pk=pk)
    events = [{"event": event, "label": STATUS_LABELS[Status(event.status)]} for event in history_of(programme, pk)]
    return render(request, "registry/referencing.html", {"version": version, "form": form, "events": events})


@require_safe
def pharmacies(request: HttpRequest) -> HttpResponse:
    """Search the pharmacies of the national file."""
    administrator(request)
    text = request.GET.get("q", "").replace("\x00", "")[:100]
    return render(request, "registry/pharmacies.html", {"text": text, "found": search_pharmacies(text) if text else []})


def people(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The titulaires, adjoints and préparateurs of a pharmacy, and a form to attach one."""
    actor = administrator(request)
    pharmacy = get_object_or_404(Pharmacy, pk=pk)
    form = AttachForm(request.POST or None)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            person = Person(data["email"], data["first_name"], data["last_name"], data["national_id"])
            since, role = clock.business_now(), Role(data["role"])
            engage(person=person, pharmacy_id=pk, role=role, since=since, recorded_by=actor.user_id)
        except Refused as refused:
            form.absorb(refused.refusals)
        else:
            messages.success(
                request,
                "Personne rattachée. Elle se connectera par Pro Santé Connect, ou choisira "
                "son mot de passe par « Mot de passe oublié ».",
            )
            return redirect("registry:people", pk=pk)
    members = [
        {"membership": m, "role": Role(m.role).label, "national_id": known_as(m.user)}
        for m in people_of(pharmacy, clock.business_now())
    ]
    events = list(lineage_events(pharmacy))
    context = {
        "pharmacy": pharmacy,
        "form": form,
        "members": members,
        "events": events,
        "succeeded": any(event.pharmacy_id == pk for event in events),
    }
    return render(request, "registry/people.html", context)
