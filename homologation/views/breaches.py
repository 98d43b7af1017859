"""The breach register of a pharmacy, and the page of one breach: its clocks, what to do now, its journal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.generic.base import View

from homologation import presentation_breach as words
from homologation.breach_selectors import (
    acts_on,
    breaches_of,
    entries_of,
    get_breach,
    in_period,
    notifications_of,
    pharmacy_of,
)
from homologation.catalogue import told
from homologation.domain.breach_lifecycle import OPEN
from homologation.domain.breaches import CHANNELS, DELAYS, PERSONS, SOURCES, Persons
from homologation.forms.breaches import DeclareForm, PeriodForm
from homologation.models import Breach
from homologation.selectors import programme_now
from homologation.services.breach_declare import Signs, declare_breach
from homologation.services.breach_machine import BREACHES
from homologation.views.evidence import joined_to
from portal.common import clock
from portal.common.refusals import Refused
from portal.workflow.execute import allowed_actions
from portal.workflow.views import actor_of


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Those of a period, those that need something first."""
    actor, now = actor_of(request), clock.business_now()
    pharmacy = pharmacy_of(actor)
    form = PeriodForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    drills = bool(asked.get("exercices"))
    found = in_period(breaches_of(actor), asked.get("du"), asked.get("au"), drills=drills)
    lines = [words.line(breach, now) for breach in found]
    context = {
        "pharmacy": pharmacy,
        "form": form,
        "drills": drills,
        "open": [line for line in lines if line["breach"].state in OPEN],
        "ended": [line for line in lines if line["breach"].state not in OPEN],
        "told": told(programme_now(now)),
        "query": request.GET.urlencode(),
    }
    return render(request, "homologation/breaches.html", context)


class Declare(View):
    """The first signs."""

    def get(self, request: HttpRequest) -> HttpResponse:
        pharmacy_of(actor_of(request))
        return self._show(request, DeclareForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        actor = actor_of(request)
        pharmacy_of(actor)
        form = DeclareForm(request.POST)
        if not form.is_valid():
            return self._show(request, form)
        try:
            breach = declare_breach(actor=actor, signs=Signs(**form.cleaned_data))
        except Refused as refused:
            form.absorb(refused.refusals)
            return self._show(request, form)
        messages.success(request, f"C’est noté sous le numéro {breach.reference}.")
        return redirect(breach)

    def _show(self, request: HttpRequest, form: DeclareForm) -> HttpResponse:
        return render(request, "homologation/breach_declare.html", {"form": form})


@require_safe
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One breach."""
    actor, now = actor_of(request), clock.business_now()
    breach = get_breach(actor, pk)
    sent = notifications_of(breach)
    verbs = {one.verb: one for one in allowed_actions(BREACHES, breach, actor, parties=frozenset({actor.role}))}
    main = [verb for verb in words.MAIN.get(str(breach.state), ()) if verb in verbs]
    title, text = words.NOW[str(breach.state)]
    context = {
        **words.line(breach, now),
        "clocks": words.clocks(breach, now),
        "now_title": title,
        "now_text": text,
        "told": told(programme_now(now)),
        "main": [_button(verbs[verb].label, verb, pk) for verb in main],
        "others": [_button(one.label, verb, pk) for verb, one in verbs.items() if verb not in main],
        "what": words.contents_lines(breach.contents),
        "about": _about(breach),
        "pieces": joined_to(breach),
        "sent": [(one, CHANNELS[one.channel]) for one in sent],
        "journal": words.journal(breach, acts_on(breach), entries_of(breach), now),
    }
    return render(request, "homologation/breach.html", context)


def _button(label: str, verb: str, pk: UUID) -> tuple[str, str]:
    return label, reverse(f"homologation:breach_{verb}", args=[pk])


def _about(breach: Breach) -> list[tuple[str, Any]]:
    said = [
        ("Ce qui a été constaté", breach.signs),
        ("Signalé par", SOURCES[breach.source]),
        ("Ce qui est touché", words.kinds_words(breach.kinds)),
        ("Cause", breach.cause),
        ("Logiciels et matériels", breach.systems),
        ("Information des personnes", PERSONS[Persons(breach.persons)]),
        ("Pourquoi, ou comment", breach.persons_reason),
    ]
    if breach.is_late:
        said.append(("Motif du retard", f"{DELAYS[breach.delay_category]} : {breach.delay_reason}"))
    extra = [
        ("Absence de risque", breach.no_risk_reason),
        ("Motif pour écarter", breach.end_reason),
        ("Faits", breach.facts),
        ("Effets", breach.effects),
        ("Mesures prises", breach.remedial),
        ("Touche l’usage d’INSi", words.scope_words(breach.in_scope)),
        ("Risque du dossier qui s’est réalisé", breach.risk),
    ]
    return said + [(label, text) for label, text in extra if text]
