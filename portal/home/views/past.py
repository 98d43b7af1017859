"""A dossier as it was at the end of a day: read back from the journal, with nothing to act on."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orders.selectors import timeline as events_of
from orders.selectors import visible_to
from portal.accounts.domain.roles import PHARMACY_SIDE
from portal.common.clock import end_of_paris_day
from portal.documents.selectors import documents_of
from portal.home import timeline
from portal.home.forms import PastForm
from portal.home.past import past_objects
from portal.home.readings import note_reading
from portal.workflow.views import actor_of


@require_safe
def past(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The order, its installation, its VAs and its history at the end of the day ``au`` (Paris)."""
    actor = actor_of(request)
    order = visible_to(actor).filter(pk=pk).first()
    if order is None:
        raise Http404
    note_reading(order, actor)
    form, day = PastForm(request.GET), None
    context = {"order": order, "form": form, "objects": [], "events": []}
    if form.is_valid():
        day, for_pharmacy = form.cleaned_data["au"], actor.role in PHARMACY_SIDE
        events, until = list(events_of(order)), end_of_paris_day(day)
        context["objects"] = past_objects(events, until, for_pharmacy=for_pharmacy)
        if context["objects"]:
            papers = documents_of(str(order.pk))
            context["events"] = timeline.entries(order, papers, for_pharmacy=for_pharmacy, events=events, until=until)
    return render(request, "home/past.html", {**context, "day": day})
