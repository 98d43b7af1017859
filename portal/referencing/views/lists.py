"""The ANS's list, staged and applied; the quarantine; the alarms."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from portal.common import clock
from portal.common.refusals import Refused
from portal.referencing.domain.ans_diff import KIND_LABELS, Finding
from portal.referencing.domain.ans_file import COLUMNS
from portal.referencing.forms.administration import AnsListForm, ApplyForm, AttachRowForm, NoteForm
from portal.referencing.selectors import lists
from portal.referencing.selectors.dossiers import get_alarm
from portal.referencing.services import ans_list, quarantine
from portal.referencing.views.dossiers import PROGRAMME
from portal.registry.domain.referencing import STATUS_LABELS, Status
from portal.registry.selectors import all_versions
from portal.workflow.views import administrator


def ans_lists(request: HttpRequest) -> HttpResponse:
    """The lists received, and a form to stage one."""
    actor = administrator(request)
    posted = request.method == "POST"
    form = AnsListForm(request.POST if posted else None, request.FILES if posted else None)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            staged = ans_list.stage_list(
                programme=PROGRAMME,
                name=data["file"].label,
                content=data["file"].content,
                list_day=data["list_day"],
                actor=actor,
            )
        except Refused as refused:
            form.absorb(refused.refusals)
        else:
            return redirect("referencing:ans_list", pk=staged.pk)
    context = {
        "form": form,
        "lists": lists.all_lists(PROGRAMME),
        "columns": COLUMNS,
        "statuses": list(STATUS_LABELS.values()),
        "waiting": lists.quarantine(PROGRAMME).count(),
    }
    return render(request, "referencing/ans_lists.html", context)


def staged_list(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What one list would change, in words; apply it or set it aside."""
    actor = administrator(request)
    staged = get_object_or_404(lists.staged(PROGRAMME), pk=pk)
    findings = lists.findings_of(staged) if staged.is_open else []
    digest = lists.digest_of(findings)
    applying = request.method == "POST" and "discard" not in request.POST
    form = ApplyForm(request.POST if applying else None, findings=findings, initial={"digest": digest})
    try:
        if request.method == "POST" and not applying:
            ans_list.discard_list(list_id=pk, actor=actor)
            messages.success(request, "Liste écartée : rien n’a été changé.")
            return redirect("referencing:ans_lists")
        if form.is_bound and form.is_valid():
            data = form.cleaned_data
            ans_list.apply_list(
                list_id=pk, actor=actor, digest=data["digest"], acknowledged=data.get("acknowledged", [])
            )
            messages.success(request, "Liste appliquée. Les commandes concernées suivent.")
            return redirect("referencing:ans_list", pk=pk)
    except Refused as refused:
        form.absorb(refused.refusals)
    context = {"staged": staged, "form": form, "groups": _groups(findings)}
    return render(request, "referencing/ans_list.html", context)


def _groups(findings: list[Finding]) -> list[dict[str, object]]:
    return [
        {"label": label, "kind": kind, "findings": [f for f in findings if f.kind == kind]}
        for kind, label in KIND_LABELS.items()
        if any(f.kind == kind for f in findings)
    ]


def quarantined(request: HttpRequest) -> HttpResponse:
    """The rows that fit nothing known here, and those resolved last."""
    administrator(request)
    rows = [{"kept": kept, "status": STATUS_LABELS[Status(kept.row["status"])]} for kept in lists.quarantine(PROGRAMME)]
    return render(request, "referencing/quarantine.html", {"rows": rows, "resolved": lists.resolved(PROGRAMME)})


def quarantined_row(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Resolve one row: attach it to a version, or set it aside."""
    actor = administrator(request)
    kept = get_object_or_404(lists.quarantine(PROGRAMME), pk=pk)
    versions = list(all_versions())
    attach = AttachRowForm(request.POST if "attach" in request.POST else None, versions=versions)
    dismiss = NoteForm(request.POST if "dismiss" in request.POST else None)
    try:
        if attach.is_bound and attach.is_valid():
            version = UUID(attach.cleaned_data["version"])
            quarantine.attach_row(row_id=pk, actor=actor, version_id=version)
            messages.success(request, "Ligne rattachée : son statut est enregistré.")
            return redirect("referencing:quarantine")
        if dismiss.is_bound and dismiss.is_valid():
            quarantine.dismiss_row(row_id=pk, actor=actor, note=dismiss.cleaned_data["note"])
            messages.success(request, "Ligne écartée.")
            return redirect("referencing:quarantine")
    except Refused as refused:
        (attach if attach.is_bound else dismiss).absorb(refused.refusals)
    context = {"kept": kept, "status": STATUS_LABELS[Status(kept.row["status"])], "attach": attach, "dismiss": dismiss}
    return render(request, "referencing/quarantined_row.html", context)


def alarm(request: HttpRequest, pk: int) -> HttpResponse:
    """A backdated withdrawal: look at it, and say so."""
    actor = administrator(request)
    event = get_alarm(PROGRAMME, clock.business_now(), pk)
    form = NoteForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            quarantine.see_alarm(event_id=event.pk, actor=actor, note=form.cleaned_data["note"])
        except Refused as refused:
            form.absorb(refused.refusals)
        else:
            messages.success(request, "Alerte traitée.")
            return redirect("referencing:dossiers")
    return render(request, "referencing/alarm.html", {"event": event, "form": form})
