"""Twelve months of INSi calls, one report with its arithmetic and its PDF, and the totals that a supplier deposits."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from django.views.generic.base import View

from homologation import charts
from homologation.documents import paper_of
from homologation.domain import details
from homologation.domain.cases import ENDED, SUPERVISION_CASE
from homologation.domain.judgement import PAST_MONTHS, months_before, pharmacy_words, who_words
from homologation.domain.supervision import DUE_DAY, missing_report
from homologation.domain.totals import COLUMNS, COVERAGE
from homologation.forms.supervision import TotalsForm
from homologation.models import SupervisionCase, SupervisionReport
from homologation.selectors import programme_now
from homologation.services.monthly import Depositor
from homologation.services.take_monthly import take_monthly
from homologation.supervision_selectors import (
    awaited_from,
    cases_of,
    deposited_by,
    get_report,
    place_of,
    read_month,
    revisions_of,
    staff_of,
    standing_reports,
)
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.refusals import Refused
from portal.documents.domain.incoming import LISTS
from portal.documents.intake.receive import receive
from portal.documents.responses import pdf_response
from portal.ui.formats import MONTHS
from portal.workflow.views import actor_of

DUTIES = {
    "titulaire": "Titulaire",
    "adjoint": "Adjoint",
    "preparateur": "Préparateur",
    "etudiant": "Étudiant ou apprenti",
    "maintenance": "Maintenance",
    "autre": "Autre",
}
TONES = {"alert": "warning", "closed": "success", "escalated": "error"}
_PAGE = 20


@require_safe
def months(request: HttpRequest) -> HttpResponse:
    """The last twelve months of the actor's pharmacy, those without a report too."""
    place, now = place_of(actor_of(request)), clock.business_now()
    wanted = months_before(paris_date(now), PAST_MONTHS)
    reports = standing_reports(place, wanted)
    since = min([*reports, *filter(None, [awaited_from(place, programme_now(now))])], default=None)
    cases: dict[date, list[dict[str, Any]]] = {}
    for case in cases_of(place, wanted):
        cases.setdefault(case.month, []).append(case_line(case))
    lines = [_month_line(month, reports.get(month), since, paris_date(now)) for month in wanted]
    drawn = [(line["initial"], line["pair"]) for line in lines]
    context = {
        "place": place,
        "lines": [{**line, "cases": cases.get(line["month"], [])} for line in lines],
        "pairs": charts.pairs(drawn) if reports else [],
        "waiting": [line for found in cases.values() for line in found if line["open"]],
        "due_day": DUE_DAY,
    }
    return render(request, "homologation/supervision.html", context)


def _month_line(month: date, report: SupervisionReport | None, since: date | None, today: date) -> dict[str, Any]:
    awaited = since is not None and month >= since
    late = bool(missing_report(month, today, received=report is not None)) and awaited
    state = ("Rapport manquant", "error") if late else ("Attendu", "info") if awaited else ("Non attendu", "neutral")
    return {
        "month": month,
        "initial": MONTHS[month.month - 1][0].upper(),
        "report": report,
        "pair": (report.calls, report.prescriptions) if report else None,
        "state": ("Reçu", "success") if report else state,
    }


def case_line(case: SupervisionCase) -> dict[str, Any]:
    """A case with the words and the tone of its state."""
    state = str(case.state)
    label = SUPERVISION_CASE.labels[state]
    return {"case": case, "label": label, "tone": TONES.get(state, "info"), "open": state not in ENDED}


@require_safe
def report(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One month: totals, alerts with their arithmetic, accounts by the names that the pharmacy alone knows."""
    found = get_report(actor_of(request), pk)
    staff = staff_of(found.pharmacy_id)
    read = read_month(found, staff)
    accounts = [
        {
            "row": row,
            "name": staff.names.get(row.user_ref, ""),
            "duty": DUTIES.get(staff.duties.get(row.user_ref, ""), ""),
            "words": read.judgement.user_words.get(row.user_ref, ""),
        }
        for row in read.rows
    ]
    revisions = revisions_of(found)
    context = {
        "report": found,
        "judgement": read.judgement,
        "ratio": pharmacy_words(found.as_report(), read.judgement.pharmacy),
        "who": who_words(read.judgement.who) if accounts else "",
        "accounts": accounts,
        "details": read.details,
        "cases": [case_line(case) for case in cases_of(found.pharmacy, [found.month])],
        "revisions": revisions,
        "stands": revisions[0].pk == found.pk,
    }
    return render(request, "homologation/supervision_report.html", context)


@require_safe
def report_pdf(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The sealed PDF of a report; 503 while it is being made."""
    paper = paper_of(get_report(actor_of(request), pk))
    if paper is None:
        raise Http404
    return pdf_response(paper)


class Deposit(View):
    """A supplier's totals: the form, and what it deposited; no figure of anybody else."""

    def get(self, request: HttpRequest) -> HttpResponse:
        actor = _supplier(request)
        return self._page(request, actor, TotalsForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        actor = _supplier(request)
        form = TotalsForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, actor, form)
        data = form.cleaned_data
        try:
            taken = take_monthly(file=receive(data["file"], LISTS), by=Depositor(actor, data["reason"]))
        except Refused as refused:
            form.absorb(refused.refusals)
            return self._page(request, actor, form)
        count = len(taken.places)
        words = f"{count} rapport{'s' if count > 1 else ''} écrit{'s' if count > 1 else ''}."
        messages.success(request, words if count else "Ces chiffres étaient déjà déposés : rien n’a changé.")
        return redirect("homologation:totals")

    def _page(self, request: HttpRequest, actor: Actor, form: TotalsForm) -> HttpResponse:
        page = Paginator(deposited_by(actor), _PAGE).get_page(request.GET.get("page"))
        context = {
            "form": form,
            "page": page,
            "header": ";".join(COLUMNS),
            "more": ";".join(COVERAGE),
            "detailed": ";".join(details.COLUMNS),
        }
        return render(request, "homologation/totals.html", context)


def _supplier(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if actor.role is not Role.SUPPLIER:
        raise Http404
    return actor
