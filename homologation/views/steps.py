"""« Étapes de la mise en conformité »: the checklist of a pharmacy, and one step with its history."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from django.views.generic.base import View

from homologation.breach_selectors import pharmacy_of, step_events
from homologation.catalogue import checklist
from homologation.domain.steps import DONE, TODO, Step
from homologation.forms.steps import StepForm
from homologation.models import StepEvent
from homologation.selectors import programme_now
from homologation.services.steps import say_step
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.refusals import Refused
from portal.workflow.views import actor_of

TONES = {TODO: "warning", "doing": "info", DONE: "success", "void": "neutral"}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every step with where it stands."""
    now = clock.business_now()
    events = step_events(pharmacy_of(actor_of(request)))
    found = checklist(programme_now(now))
    last = {step.key: next(iter(events.get(step.key, ())), None) for step in found.steps}
    lines = [{"step": step, "event": last[step.key], "tone": _tone(last[step.key])} for step in found.steps]
    done = sum(event is not None and event.state in (DONE, "void") for event in last.values())
    context = {"lines": lines, "done": done, "today": paris_date(now)}
    return render(request, "homologation/steps.html", context)


def _tone(event: StepEvent | None) -> str:
    return TONES[event.state if event else TODO]


class One(View):
    """One step: what is said of it, and saying more."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        step, history = self._read(request, key)
        last = history[0] if history else None
        initial: dict[str, Any] = {"seen": last.number if last else 0, "state": last.state if last else TODO}
        if last:
            initial |= {name: getattr(last, name) for name in ("owner", "day", "expires_on", "note")}
        return self._show(request, step, history, StepForm(initial=initial, step=step))

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        step, history = self._read(request, key)
        form = StepForm(request.POST, step=step)
        if not form.is_valid():
            return self._show(request, step, history, form)
        try:
            say_step(actor=actor_of(request), key=key, said=form.said(), seen=form.cleaned_data["seen"])
        except Refused as refused:
            if "stale" in refused.codes:
                form, history = self._seen_anew(request, key)
            form.absorb(refused.refusals)
            return self._show(request, step, history, form)
        messages.success(request, "C’est noté.")
        return redirect("homologation:steps")

    def _seen_anew(self, request: HttpRequest, key: str) -> tuple[StepForm, list[StepEvent]]:
        """What was typed, which now answers to what somebody else said since."""
        step, history = self._read(request, key)
        typed = request.POST.copy()
        typed["seen"] = str(history[0].number if history else 0)
        form = StepForm(typed, step=step)
        form.is_valid()
        return form, history

    def _read(self, request: HttpRequest, key: str) -> tuple[Step, list[StepEvent]]:
        pharmacy = pharmacy_of(actor_of(request))
        step = checklist(programme_now(clock.business_now())).step(key)
        if step is None:
            raise Http404
        return step, step_events(pharmacy).get(key, [])

    def _show(self, request: HttpRequest, step: Step, history: list[StepEvent], form: StepForm) -> HttpResponse:
        return render(request, "homologation/step.html", {"step": step, "history": history, "form": form})
