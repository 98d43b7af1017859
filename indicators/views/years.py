"""The years of results for the administration: where each stands, decisions proposed, approved, withdrawn."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from indicators.catalogue import closing_for, measures_of, open_programme
from indicators.domain.lifecycle import DECIDED, FREEZE, YEAR_DECISION
from indicators.domain.years import STAGE_LABELS, stage_of
from indicators.forms import FIRST, DecisionForm
from indicators.models import YearDecision
from indicators.selectors import decisions_for, get_decision, regularised
from indicators.services.years import (
    DECISIONS,
    Proposal,
    manifest_of,
    propose_decision,
    take_decision,
    withdraw_decision,
)
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.refusals import Refused
from portal.ui.forms import PortalForm
from portal.workflow.execute import allowed_actions
from portal.workflow.views import ActView, administrator

ACTIONS = {"decide": "indicators:decide", "withdraw": "indicators:withdraw"}
TONES = {"provisional": "info", "closed": "new", "frozen": "success"}


@require_safe
def years(request: HttpRequest) -> HttpResponse:
    """Every year with its stage, and every decision."""
    actor = administrator(request)
    now = clock.business_now()
    today, programme = paris_date(now), open_programme(now)
    page = Paginator(decisions_for(actor), 30).get_page(request.GET.get("page"))
    frozen = set(decisions_for(actor).filter(kind=FREEZE, state=DECIDED).values_list("year", flat=True))
    rows = []
    for year in range(today.year, FIRST - 1, -1):
        closing = closing_for(programme, year)
        stage = stage_of(closing, today, frozen=year in frozen)
        rows.append({"year": year, "closing": closing, "label": STAGE_LABELS[stage], "tone": TONES[stage]})
    listed = [{"decision": one, "state": YEAR_DECISION.labels[one.state]} for one in page]
    return render(request, "indicators/years.html", {"years": rows, "page": page, "listed": listed})


def propose(request: HttpRequest) -> HttpResponse:
    """The form of a proposal; what was typed is never lost."""
    actor = administrator(request)
    now = clock.business_now()
    codes = {one.code: one.title for one in measures_of(open_programme(now))}
    form = DecisionForm(request.POST or None, this_year=paris_date(now).year, codes=codes.items())
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            made = propose_decision(proposal=Proposal(**data | {"year": int(data["year"])}), actor=actor)
        except Refused as refused:
            form.absorb(refused.refusals)
        else:
            messages.success(request, "Décision proposée. Une autre personne, valideuse, doit l’approuver.")
            return redirect(made)
    return render(request, "indicators/propose.html", {"form": form})


@require_safe
def decision(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One decision; of a freeze, ``?verifier=1`` computes again what pins it."""
    actor = administrator(request)
    found = get_decision(actor, pk)
    verbs = [one.verb for one in allowed_actions(DECISIONS, found, actor, parties=frozenset({actor.role}))]
    checked = bool(found.manifest and request.GET.get("verifier"))
    context: dict[str, Any] = {
        "decision": found,
        "state": YEAR_DECISION.labels[found.state],
        "closing": closing_for(open_programme(clock.business_now()), found.year),
        "actions": [
            {"url": reverse(ACTIONS[verb], args=[pk]), "label": YEAR_DECISION.transition(verb).label} for verb in verbs
        ],
        "checked": checked,
        "intact": checked and manifest_of(found.year) == found.manifest,
        "regularised": regularised(found.year) if found.manifest else 0,
    }
    return render(request, "indicators/decision.html", context)


class DecisionAct(ActView):
    """An act on a proposal."""

    machine = DECISIONS

    def find(self, actor: Actor, pk: UUID) -> YearDecision:
        if actor.role not in ADMINISTRATION:
            raise Http404
        return get_decision(actor, pk)


class Decide(DecisionAct):
    verb = "decide"
    title = "Approuver la décision"
    intro = (
        "La décision est définitive. Figer une année calcule ses résultats une dernière fois et les fixe : ce qui "
        "arrivera ensuite sera montré à côté, comme une régularisation. Neutraliser un indicateur fait qu’il n’est "
        "plus jugé pour l’année ; les titulaires en liront le motif."
    )
    submit_label = "Approuver"
    done = "Décision prise."
    form_class = PortalForm

    def perform(self, obj: YearDecision, actor: Actor, data: dict[str, Any]) -> None:
        take_decision(decision_id=obj.pk, actor=actor)


class Withdraw(DecisionAct):
    verb = "withdraw"
    title = "Retirer la proposition"
    intro = "La proposition reste consultable ; une autre peut être faite."
    submit_label = "Retirer"
    done = "Proposition retirée."
    danger = True

    def perform(self, obj: YearDecision, actor: Actor, data: dict[str, Any]) -> None:
        withdraw_decision(decision_id=obj.pk, actor=actor)
