"""The dossiers: the list of each side, one dossier, its files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION, Role
from portal.common import clock
from portal.common.refusals import Refused
from portal.referencing import presentation, storage
from portal.referencing.forms.supplier import ContentForm
from portal.referencing.selectors import dossiers as reading
from portal.referencing.services import prepare
from portal.referencing.services.facts import Reading
from portal.workflow.views import actor_of

PROGRAMME = "PHA-LGO-Va1"


def party(request: HttpRequest) -> Actor:
    """The actor, if a supplier or of the administration. Raises Http404 otherwise."""
    actor = actor_of(request)
    if actor.role is not Role.SUPPLIER and actor.role not in ADMINISTRATION:
        raise Http404
    return actor


def board(request: HttpRequest) -> HttpResponse:
    """The supplier's dossiers and versions without one; or every dossier handed in, with the alarms."""
    actor = party(request)
    rows = [presentation.row(dossier) for dossier in reading.visible_to(actor).defer("requirement_set__content")]
    if actor.role is Role.SUPPLIER:
        context = {"rows": rows, "versions": reading.versions_to_open(actor, PROGRAMME)}
        return render(request, "referencing/supplier_board.html", context)
    context = {"rows": rows, "alarms": reading.alarms(PROGRAMME, clock.business_now())}
    return render(request, "referencing/administration_board.html", context)


def open_dossier(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open the dossier of a version: its profiles and numbers."""
    actor = actor_of(request)
    version = get_object_or_404(reading.versions_to_open(actor, PROGRAMME), pk=pk)
    listed = reading.latest_requirements(PROGRAMME)
    form = ContentForm(request.POST or None, listed=listed)
    if form.is_bound and form.is_valid():
        try:
            dossier = prepare.open_dossier(
                programme=PROGRAMME, version_id=version.pk, actor=actor, content=content_of(form.cleaned_data)
            )
        except Refused as refused:
            form.absorb(refused.refusals)
        else:
            messages.success(request, "Dossier ouvert. Acceptez la charte, puis déposez vos preuves par chapitre.")
            return redirect(dossier)
    return render(request, "referencing/open.html", {"version": version, "form": form, "listed": listed})


def content_of(data: dict[str, Any]) -> prepare.Content:
    """What was typed of profiles and numbers."""
    return prepare.Content(tuple(data.get("profiles", ())), data["nie"], data["nil"])


def dossier(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One dossier, for its supplier or for the administration."""
    actor = actor_of(request)
    found = reading.get_dossier(actor, pk)
    read = Reading(found)
    context: dict[str, Any] = {
        "dossier": found,
        "listed": read.listed,
        "chapters": presentation.chapters(read),
        "announcements": list(reading.announcements_of(found)),
        "obsolete": list(reading.obsolete_of(found)),
        "events": presentation.events(reading.events_of(found), for_supplier=actor.role is Role.SUPPLIER),
        "request_open": read.open_request,
        **presentation.actions(read, actor),
    }
    if actor.role is Role.SUPPLIER:
        context |= {"points": presentation.points(read), "next": presentation.next_step(read)}
        return render(request, "referencing/supplier_dossier.html", context)
    context |= {"proposal": presentation.proposal(read), "verdicts": presentation.verdict_counts(read)}
    return render(request, "referencing/administration_dossier.html", context)


def proof(request: HttpRequest, pk: UUID, proof: int) -> HttpResponse:
    """One file of a dossier, proved to be what was deposited; always downloaded, never shown in our pages."""
    found = reading.get_proof(reading.get_dossier(actor_of(request), pk), proof)
    response = HttpResponse(storage.read(found.sha256), content_type=found.media_type)
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=found.name) or "attachment"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
