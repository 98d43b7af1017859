"""Issuing every draft at once: what will happen, then how far it has come, then what was refused and why."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from orders.selectors import drafts
from orders.services.issue_all import SHOWN, all_jobs, request_issue_all
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import SUPPLIER_SIDE
from portal.common.refusals import Refused
from portal.outbox.models import Job, JobState
from portal.outbox.services.jobs import retry
from portal.workflow.views import actor_of

RESUME = "resume"


@require_http_methods(["GET", "HEAD", "POST"])
def issue_all(request: HttpRequest) -> HttpResponse:
    """The page of the job; POST asks for it, or takes a failed one up again."""
    actor = actor_of(request)
    if actor.role not in SUPPLIER_SIDE:
        raise Http404
    if request.method == "POST":
        _start(request, actor)
        return redirect(request.path)
    context = {"count": drafts(actor).count(), "resume": RESUME, **_progress(actor)}
    return render(request, "orders/issue_all.html", context)


def _start(request: HttpRequest, actor: Actor) -> None:
    last = all_jobs(actor).first()
    if RESUME in request.POST and last is not None:
        retry(last.pk)
        return
    try:
        request_issue_all(actor)
    except Refused as refused:
        for refusal in refused.refusals:
            messages.warning(request, refusal.message)


def _progress(actor: Actor) -> dict[str, Any]:
    job: Job | None = all_jobs(actor).first()
    if job is None:
        return {"job": None, "running": False, "failed": False}
    return {
        "job": job,
        "job_state": JobState(job.state).label,
        "running": job.finished_at is None,
        "failed": job.state == JobState.FAILED,
        "hidden": max(job.result.get("kept", 0) - SHOWN, 0),
    }
