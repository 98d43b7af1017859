"""Incidents of the portal: reported by one person, approved by another, then public."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION
from portal.common import clock
from portal.common.refusals import Refused
from portal.programmes.selectors import default_rules
from portal.rulemaking.forms.acts import EditOutageForm, OutageForm
from portal.rulemaking.models import Amendment
from portal.rulemaking.services.draft import edit_outage, report_outage
from portal.workflow.views import actor_of


def report(request: HttpRequest) -> HttpResponse:
    """Report an incident; nothing moves before a second person approves."""
    actor = actor_of(request)
    if actor.role not in ADMINISTRATION:
        raise Http404
    form = OutageForm(request.POST or None)
    if form.is_bound and form.is_valid():
        programme = default_rules(clock.business_now()).programme
        try:
            made = report_outage(programme=programme, report=form.report(), actor=actor)
        except Refused as refused:
            form.absorb(refused.refusals)
        else:
            messages.success(request, "Incident enregistré. Lisez ses effets, puis soumettez-le.")
            return redirect(made)
    return render(request, "rulemaking/outage.html", {"form": form, "amendment": None})


def edit_outage_page(request: HttpRequest, amendment: Amendment, actor: Actor) -> HttpResponse:
    """Take a reported incident up again."""
    content = amendment.content
    instants = {name: datetime.fromisoformat(content[name]) for name in ("began_at", "ended_at", "extended_to")}
    initial = {**content, **instants, "version_seen": amendment.version}
    form = EditOutageForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        seen = form.cleaned_data["version_seen"]
        try:
            edit_outage(amendment_id=amendment.pk, actor=actor, report=form.report(), expected_version=seen)
        except Refused as refused:
            form.absorb(refused.refusals)
        else:
            messages.success(request, "Incident enregistré. Rien n’est encore publié.")
            return redirect(amendment)
    return render(request, "rulemaking/outage.html", {"form": form, "amendment": amendment})
