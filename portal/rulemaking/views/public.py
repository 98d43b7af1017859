"""What everybody may read: the calendar in force with its sources and doubts, its history, the incidents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.common import clock
from portal.common.clock import start_of_paris_day
from portal.programmes.domain.ruleset import RuleSet
from portal.programmes.models import RuleSetVersion
from portal.programmes.selectors import default_rules, ruleset_for, version_for
from portal.rulemaking.domain.words import CONFIDENCE_WORDS, NATURE_WORDS, milestone_subject, milestone_when
from portal.rulemaking.forms.acts import WhenForm
from portal.rulemaking.selectors import history_of


@login_not_required
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Every date in force, the history of the versions, and which rule applied on a day."""
    now = clock.business_now()
    rules = _asked_rules(request, now)
    form = WhenForm(request.GET if "le" in request.GET else None)
    asked = form.cleaned_data.get("le") if form.is_bound and form.is_valid() else None
    context = {
        "rules": rules,
        "dates": date_rows(rules),
        "versions": history_of(rules.programme),
        "form": form,
        "when": _when(rules.programme, asked, now) if asked else None,
        "now": now,
    }
    return render(request, "rulemaking/calendar.html", context)


@login_not_required
@require_safe
def incidents(request: HttpRequest) -> HttpResponse:
    """The incidents of the portal for which dates were moved."""
    rules = _asked_rules(request, clock.business_now())
    rows = [
        {"outage": outage, "acts": ", ".join(NATURE_WORDS[nature] for nature in sorted(outage.natures))}
        for outage in sorted(rules.outages, key=lambda outage: outage.began_at, reverse=True)
    ]
    return render(request, "rulemaking/incidents.html", {"rules": rules, "rows": rows})


def date_rows(rules: RuleSet) -> list[dict[str, Any]]:
    """The calendar as it counts, outages included, in the order of the dates."""
    rows = []
    for written in rules.calendar:
        counted = rules.milestone(written.nature, written.bound) or written
        rows.append(
            {
                "milestone": counted,
                "subject": milestone_subject(counted),
                "when": milestone_when(counted),
                "moved": counted.at != written.at,
                "confidence": CONFIDENCE_WORDS[counted.confidence],
            }
        )
    return sorted(rows, key=lambda row: (row["milestone"].at, row["subject"]))


def _asked_rules(request: HttpRequest, now: datetime) -> RuleSet:
    code = request.GET.get("programme")
    if code is None:
        return default_rules(now)
    if "\x00" in code:
        raise Http404
    try:
        return ruleset_for(code, now, now)
    except RuleSetVersion.DoesNotExist:
        raise Http404 from None


def _when(programme: str, day: date, now: datetime) -> dict[str, Any]:
    at = start_of_paris_day(day)
    return {"day": day, "judged": version_for(programme, at, now), "known": version_for(programme, at, at)}
