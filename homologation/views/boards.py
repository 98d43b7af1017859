"""The pharmacy's dossiers, and the board of one: its five parts, two scores, what blocks, what may be done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.generic.base import View

from homologation import presentation
from homologation.breach_selectors import pharmacy_of
from homologation.client_selectors import handovers_of
from homologation.domain.lifecycle import APPROVED, DRAFT, OPEN
from homologation.help_selectors import helps_on
from homologation.life_selectors import renewal_of, reviews_of, to_review
from homologation.models import InsiDossier
from homologation.presentation_evidence import summary
from homologation.presentation_life import review_lines
from homologation.selectors import get_dossier, programme_now, reserves_of, visible_to
from homologation.services.exchange import export_dossier
from homologation.services.facts import Reading
from homologation.services.machine import HOMOLOGATIONS
from homologation.services.open import open_dossier
from homologation.services.quorum import everyone_decides
from homologation.views.help import help_lines
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import PHARMACY_SIDE, Role
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.refusals import Refused
from portal.workflow.execute import allowed_actions
from portal.workflow.views import actor_of

STATE_TONES = {"draft": "info", "to_decide": "warning", "approved": "success", "refused": "error", "withdrawn": "error"}
_ON_THE_PAGE = ("answer", "confirm", "prefill", "submit", "agree", "approve", "approve_with_reserves", "replace")


class Index(View):
    """Every dossier of the pharmacy; opening the first one or the renewal."""

    def get(self, request: HttpRequest) -> HttpResponse:
        actor = _pharmacist(request)
        place = pharmacy_of(actor)
        dossiers = list(visible_to(actor))
        today = paris_date(clock.business_now())
        waiting = to_review(dossiers)
        context = {
            "lines": [{**_line(one, today), "to_review": one.pk in waiting} for one in dossiers],
            "current": next((one for one in dossiers if one.state in OPEN), None),
            "approved": next((one for one in dossiers if one.state == "approved"), None),
            "handovers": handovers_of(place),
            "everyone": everyone_decides(place.pk),
        }
        return render(request, "homologation/index.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        actor = _pharmacist(request)
        try:
            dossier = open_dossier(programme=programme_now(clock.business_now()), actor=actor)
        except Refused as refused:
            for refusal in refused.refusals:
                messages.warning(request, refusal.message)
            return redirect("homologation:index")
        return redirect(dossier)


def _pharmacist(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if actor.role not in PHARMACY_SIDE:
        raise Http404
    return actor


def _line(dossier: InsiDossier, today: Any) -> dict[str, Any]:
    validity = dossier.validity(today)
    label = HOMOLOGATIONS.lifecycle.labels[str(dossier.state)]
    return {
        "dossier": dossier,
        "label": f"{label} – {validity.label}" if validity else label,
        "tone": STATE_TONES.get(str(dossier.state), "neutral"),
    }


@require_safe
def board(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One dossier."""
    actor = actor_of(request)
    dossier = get_dossier(actor, pk)
    now = clock.business_now()
    reading = Reading(dossier, now)
    verbs = allowed_actions(
        HOMOLOGATIONS, dossier, actor, parties=frozenset({actor.role}), facts=lambda: reading.facts(actor)
    )
    names = [transition.verb for transition in verbs]
    context = {
        **_line(dossier, paris_date(now)),
        "reading": reading,
        "assessment": reading.assessment,
        "sections": presentation.section_lines(reading.form, reading.answers, reading.assessment),
        "blockers": presentation.finding_lines(reading.form, reading.assessment.blockers),
        "warnings": presentation.finding_lines(reading.form, reading.assessment.warnings),
        **_filled_by(reading, actor),
        "may_submit": "submit" in names,
        "decide_url": _decide_url(pk, names),
        "agreements": presentation.agreement_lines(reading.agreements),
        "awaited": [user.full_name for user in reading.awaited],
        "helps": help_lines(helps_on(dossier)),
        "actions": [
            (t.label, reverse(f"homologation:{t.verb}", args=[pk])) for t in verbs if t.verb not in _ON_THE_PAGE
        ],
        "reserves": reserves_of(dossier),
        "pieces": summary(reading.evidence, paris_date(now)) if dossier.state in OPEN else "",
        "may_share": dossier.decided_at is not None and actor.role is Role.TITULAIRE,
        **_life(dossier, actor),
    }
    return render(request, "homologation/dossier.html", context)


def _filled_by(reading: Reading, actor: Actor) -> dict[str, Any]:
    """The parts that the actor may fill in, and what mandates limit them."""
    mandates = reading.mandates(actor)
    drafted = [section.number for section in reading.form.sections if reading.dossier.state == DRAFT]
    return {"mine": [number for number in drafted if mandates.covers(number)], "mandates": mandates}


def _decide_url(pk: UUID, verbs: list[str]) -> str:
    if "agree" in verbs:
        return reverse("homologation:agree", args=[pk])
    decides = "approve" in verbs or "approve_with_reserves" in verbs
    return reverse("homologation:approve", args=[pk]) if decides else ""


def _life(dossier: InsiDossier, actor: Actor) -> dict[str, Any]:
    """What came of the decision since: early reviews, and the dossier that would replace it."""
    found = review_lines(dossier.programme_id, reviews_of(dossier))
    approved = dossier.state == APPROVED
    return {
        "reviews": found,
        "review_waits": any(line.waits for line in found),
        "may_keep": actor.role is Role.TITULAIRE,
        "approved": approved,
        "renewal": renewal_of(dossier) if approved else None,
    }


@require_safe
def export(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The dossier as JSON, with its hash."""
    dossier = get_dossier(actor_of(request), pk)
    content = export_dossier(dossier)
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 2})
    name = f"homologation-insi-{dossier.pharmacy.finess}-{dossier.number}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
