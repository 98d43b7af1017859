"""The drafts of the administration: list, page, form, progress of their application."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.common import clock
from portal.common.refusals import Refused
from portal.outbox.models import Job, JobState
from portal.outbox.services.jobs import retry
from portal.rulemaking.domain.edits import CUTS
from portal.rulemaking.domain.lifecycle import AMENDMENT, DRAFT, INCIDENT, KINDS, PUBLISHED
from portal.rulemaking.forms.acts import StartForm
from portal.rulemaking.forms.amendment import AmendmentForm, initial_of
from portal.rulemaking.models import Amendment
from portal.rulemaking.selectors import amendments_for, bases, get_amendment, job_of
from portal.rulemaking.services.draft import edit_amendment, start_amendment
from portal.rulemaking.services.machine import AMENDMENTS, amendment_facts, parties
from portal.rulemaking.services.scene import Scene
from portal.rulemaking.views.outages import edit_outage_page
from portal.workflow.execute import allowed_actions
from portal.workflow.views import administrator

ACTIONS = {
    "edit": ("rulemaking:edit", "Modifier"),
    "submit": ("rulemaking:submit", "Soumettre à approbation"),
    "publish": ("rulemaking:publish", "Approuver et publier"),
    "send_back": ("rulemaking:send_back", "Renvoyer en rédaction"),
    "discard": ("rulemaking:discard", "Abandonner"),
}
DELAYS = ("limit_days", "window_from", "window_to", "window_source", "conditional_note", "link_days", "reserve_days")
MONEY = ("vat_percent", "vat_confidence", "advance_percent", "balance_percent", "shares_confidence")


def amendment_list(request: HttpRequest) -> HttpResponse:
    """Every draft, and a form to start one."""
    actor = administrator(request)
    form = StartForm(request.POST or None, versions=bases())
    if form.is_bound and form.is_valid():
        try:
            made = start_amendment(base_id=form.cleaned_data["base"].pk, actor=actor)
        except Refused as refused:
            form.absorb(refused.refusals)
        else:
            messages.success(request, "Projet ouvert. Modifiez-le, puis lisez ses effets.")
            return redirect("rulemaking:edit", pk=made.pk)
    page = Paginator(amendments_for(actor), 30).get_page(request.GET.get("page"))
    rows = [{"amendment": a, "state": AMENDMENT.labels[a.state], "kind": KINDS[a.kind]} for a in page]
    return render(request, "rulemaking/amendments.html", {"form": form, "page": page, "rows": rows})


@require_safe
def amendment(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One draft: what it changes in words, where it stands, what may be done."""
    actor = administrator(request)
    found = get_amendment(actor, pk)
    scene = Scene(found, clock.business_now())
    job = job_of(found) if found.state == PUBLISHED else None
    context = {
        "amendment": found,
        "state": AMENDMENT.labels[found.state],
        "kind": KINDS[found.kind],
        "reading": scene,
        "open": found.state not in (PUBLISHED, "discarded"),
        "actions": _actions(scene, actor),
        **progress_context(found, job),
    }
    return render(request, "rulemaking/amendment.html", context)


def _actions(scene: Scene, actor: Actor) -> list[dict[str, str]]:
    found, mine = scene.amendment, frozenset({actor.role})
    facts = partial(amendment_facts, found, actor, scene.now, scene)
    verbs = [t.verb for t in allowed_actions(AMENDMENTS, found, actor, parties=mine, facts=facts)]
    return [{"url": reverse(ACTIONS[v][0], args=[found.pk]), "label": ACTIONS[v][1]} for v in verbs]


def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form of a draft; what was typed is never lost."""
    actor = administrator(request)
    found = get_amendment(actor, pk)
    if found.state != DRAFT or not parties(found, actor, clock.business_now()):
        raise Http404
    if found.kind == INCIDENT:
        return edit_outage_page(request, found, actor)
    initial = initial_of(found.content, found.reach, found.version)
    form = AmendmentForm(request.POST or None, content=found.content, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            edit_amendment(
                amendment_id=pk,
                actor=actor,
                content=form.new_content(),
                reach=form.cleaned_data["reach"],
                expected_version=form.cleaned_data["version_seen"],
            )
        except Refused as refused:
            form.absorb(refused.refusals)
        else:
            messages.success(request, "Projet enregistré. Rien n’est encore publié.")
            return redirect(found)
    return render(request, "rulemaking/edit.html", {"amendment": found, "form": form, **_sections(form)})


def _sections(form: AmendmentForm) -> dict[str, Any]:
    """The fields in the order in which people look for them; dates not given yet come last, folded."""
    given: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    for nature, bound in CUTS:
        name = f"{nature}_{bound}"
        fields = [form[f"{name}_{part}"] for part in ("at", "confidence", "source", "note")]
        shown = any(field.errors for field in fields) or bool(fields[0].value())
        (given if shown else others).append({"fields": fields})
    amounts = [form[name] for name in form.fields if name.startswith(("tier_", "overseas_"))]
    return {
        "text_fields": [form[name] for name in ("title", "source", "reach", "applies_from")],
        "given": given,
        "others": others,
        "delays": [form[name] for name in DELAYS],
        "money": [*(form[name] for name in MONEY), *amounts],
    }


def progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far the application of a published version has come; polled, status 286 stops it. POST retries a failure."""
    actor = administrator(request)
    found = get_amendment(actor, pk)
    job = job_of(found)
    if job is None:
        raise Http404
    if request.method == "POST":
        if actor.role is not Role.VALIDATOR:
            raise Http404
        retry(job.pk)
        return redirect(found)
    context = progress_context(found, job)
    return render(request, "rulemaking/progress.html", context, status=200 if context["running"] else 286)


def progress_context(found: Amendment, job: Job | None) -> dict[str, Any]:
    """The state of the job that applies a published version."""
    if job is None:
        return {"amendment": found, "job": None, "running": False}
    return {
        "amendment": found,
        "job": job,
        "running": job.state in (JobState.QUEUED, JobState.RUNNING),
        "failed": job.state == JobState.FAILED,
        "job_state": JobState(job.state).label,
        "result": job.result,
    }
