"""One part of the questionnaire: filled in at one's own pace, saved by itself or by the button, never lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.generic.base import View
from django_htmx.middleware import HtmxDetails

from homologation import presentation
from homologation.domain.answers import NOTHING, Status, values_of
from homologation.domain.feedback import Raise
from homologation.domain.lifecycle import DRAFT
from homologation.domain.questions import TABLE, Question, Section
from homologation.domain.risks import RISKS
from homologation.domain.visibility import visible
from homologation.dossier.pieces import REPORTS
from homologation.dossier.supervision import Received, received_of
from homologation.forms.section import MINE, THEIRS, SectionForm
from homologation.models import InsiDossier
from homologation.selectors import get_dossier
from homologation.services import answer, prefill
from homologation.services.facts import Reading
from homologation.services.feedback import raises_of
from homologation.services.prefill import Proposal, proposals
from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.refusals import Refusal, Refused
from portal.workflow.views import actor_of


class Fill(View):
    """The questions of one part, with what is proposed, what conflicts and what is missing."""

    def get(self, request: HttpRequest, pk: UUID, section: int) -> HttpResponse:
        dossier, found = _find(actor_of(request), pk, section)
        page = Page(request, dossier, found)
        answers, asked = page.reading.answers, request.GET
        more, drawn = asked.get("ajouter", ""), asked.getlist("ligne")
        return page.show(SectionForm(questions=page.questions, answers=answers, more=more, drawn=drawn))

    def post(self, request: HttpRequest, pk: UUID, section: int) -> HttpResponse:
        actor = actor_of(request)
        dossier, found = _find(actor, pk, section)
        page = Page(request, dossier, found)
        form = SectionForm(request.POST, questions=page.questions, answers=page.reading.answers)
        form.is_valid()
        try:
            saved = answer.save_answers(dossier_id=pk, actor=actor, statements=form.statements())
        except Refused as refused:
            return page.closed(form, refused)
        form.absorb(refusal for refusal in saved.refusals if refusal.code != answer.STALE)
        conflicts = {refusal.field for refusal in saved.refusals if refusal.code == answer.STALE}
        page = Page(request, get_dossier(actor, pk), found)
        seen = {q.key: form.seen(q.key) for q in page.questions} | {key: page.version(key) for key in saved.written}
        seen |= {q.key: page.version(q.key) for q in page.questions if request.POST.get(f"choix:{q.key}") == THEIRS}
        if cast(HtmxDetails, request.htmx):  # type: ignore[attr-defined]
            return page.saved(form, seen, conflicts)
        if conflicts or form.errors:
            return page.show(form, seen, conflicts)
        return self.after(request, page, actor)

    def after(self, request: HttpRequest, page: Page, actor: Actor) -> HttpResponse:
        """What the button pressed asks for besides saving."""
        post, pk = request.POST, page.dossier.pk
        try:
            if key := post.get("confirmer"):
                keys = [question.key for question in page.questions] if key == "*" else [key]
                answer.confirm_answers(dossier_id=pk, actor=actor, keys=keys)
            elif key := post.get("reprendre") or post.get("ecarter"):
                prefill.answer_proposal(dossier_id=pk, actor=actor, key=key, take="reprendre" in post)
            elif "terminer" in post:
                messages.success(request, "Réponses enregistrées.")
                return redirect(page.dossier)
        except Refused as refused:
            for refusal in refused.refusals:
                messages.warning(request, refusal.message)
        else:
            messages.success(request, "Réponses enregistrées.")
        more = post.get("ajouter", "")
        anchor = f"&ajouter={more}#question-{more}" if more in page.keys else ""
        return redirect(f"{request.path}?enregistre=1{anchor}")


def _find(actor: Actor, pk: UUID, number: int) -> tuple[InsiDossier, Section]:
    dossier = get_dossier(actor, pk)
    try:
        return dossier, dossier.questionnaire.form.section(number)
    except KeyError:
        raise Http404 from None


class Page:
    """One part of a dossier as it stands."""

    def __init__(self, request: HttpRequest, dossier: InsiDossier, section: Section) -> None:
        self.request, self.dossier, self.section = request, dossier, section
        self.reading = Reading(dossier, clock.business_now())
        asked = visible(self.reading.form, values_of(self.reading.answers))
        self.questions = [question for question in section.questions if question in asked]
        self.keys = {question.key for question in self.questions}
        mandates = self.reading.mandates(actor_of(request))
        self.why_not = mandates.why_not(section.number) if dossier.state == DRAFT else ""

    @cached_property
    def pieces(self) -> Counter[str]:
        """How many pieces back each question."""
        return Counter(one.evidence.question for one in self.reading.evidence)

    @property
    def raises(self) -> list[Raise]:
        """The risks of this part to rate anew, after what ended since the last decision."""
        return raises_of(self.dossier, self.reading) if RISKS in self.keys else []

    @property
    def received(self) -> list[Received]:
        """The monthly reports, beside the question about them."""
        return received_of(self.dossier, self.reading.now) if REPORTS in self.keys else []

    def version(self, key: str) -> int:
        """The number of the current answer."""
        return self.reading.answers.get(key, NOTHING).version

    def _typed(self, form: SectionForm) -> list[tuple[str, list[str]]]:
        """What the person wrote that is not in the dossier."""
        by_key = self.reading.form.by_key
        return [
            (presentation.short(by_key[said.key]), presentation.lines(by_key[said.key], said.value))
            for said in form.statements()
            if said.value and said.value != self.reading.answers.get(said.key, NOTHING).value
        ]

    def show(
        self,
        form: SectionForm,
        seen: Mapping[str, int] | None = None,
        conflicts: set[str] | None = None,
        typed: Sequence[tuple[str, list[str]]] = (),
    ) -> HttpResponse:
        """The whole page; 409 where somebody else answered."""
        waiting = proposals(self.dossier, self.reading.rows)
        pack = prefill.latest_pack(self.dossier)
        names = {pack.source: f"{pack.supplier.name}, pack {pack.number}"} if pack else {}
        if self.dossier.previous is not None:
            names[str(self.dossier.previous_id)] = f"n° {self.dossier.previous.number}"
        items = [self._item(form, q, conflicts or set(), waiting.get(q.key), names) for q in self.questions]
        shown = seen if seen is not None else {key: self.version(key) for key in self.keys}
        numbers = [one.number for one in self.reading.form.sections]
        received = self.received
        context = {
            "dossier": self.dossier,
            "section": self.section,
            "form": form,
            "items": items,
            "seen": [(key, shown.get(key, 0)) for key in sorted(self.keys)],
            "filling": self.dossier.state == DRAFT and not self.why_not,
            "why_not": self.why_not,
            "proposed": sum(item["status"] is Status.PROPOSED for item in items),
            "conflicts": conflicts,
            "typed": typed,
            "received": received,
            "reports": sum(one.report is not None for one in received),
            "raises": presentation.raise_lines(self.reading.form, self.raises),
            "previous": self._address(self.section.number - 1, numbers),
            "following": self._address(self.section.number + 1, numbers),
            "draft": f"insi:{self.request.user.pk}:{self.request.path}",
            "saved": "enregistre" in self.request.GET,
        }
        return render(self.request, "homologation/section.html", context, status=409 if conflicts else 200)

    def _address(self, number: int, known: list[int]) -> str:
        return reverse("homologation:section", args=[self.dossier.pk, number]) if number in known else ""

    def _item(
        self,
        form: SectionForm,
        question: Question,
        conflicts: set[str],
        proposal: Proposal | None,
        names: Mapping[str, str],
    ) -> dict[str, Any]:
        current = self.reading.answers.get(question.key, NOTHING)
        row = self.reading.rows.get(question.key)
        table = question.type == TABLE
        return {
            "question": question,
            "status": current.status,
            "answered": current.status is not Status.EMPTY,
            "tone": presentation.TONES[current.status],
            "origin": presentation.origin(current, names),
            "shown": presentation.lines(question, current.value),
            "rows": form.rows_of(question) if table else [],
            "levels": presentation.risk_levels(self.reading.form, current.value) if table else {},
            "errors": form.errors.get(question.key, []) if table else [],
            "field": None if table else form[question.key],
            "pieces": self.pieces[question.key],
            "why_not": form[f"statut:{question.key}"],
            "why": form[f"motif:{question.key}"],
            "proposal": presentation.lines(question, proposal.value) if proposal else [],
            "examples": [presentation.lines(question, [example])[0] for example in question.examples],
            "theirs": presentation.lines(question, current.value) if question.key in conflicts else [],
            "theirs_by": row.revision.said_by if row else None,
            "theirs_at": row.revision.said_at if row else None,
            "mine": f"{MINE}:{current.version}",
            "theirs_choice": THEIRS,
        }

    def saved(self, form: SectionForm, seen: Mapping[str, int], conflicts: set[str]) -> HttpResponse:
        """What an automatic save answers: a sentence, and the versions that the page now shows."""
        wrong = [str(form.fields[name].label) for name in form.errors if name in form.fields]
        asked = {question.key for question in form.questions}
        context = {
            "seen": [(key, seen.get(key, self.version(key))) for key in sorted(self.keys | asked)],
            "wrong": wrong,
            "conflicts": conflicts,
            "more": bool(self.keys - asked),
            "at": clock.machine_now(),
            "whole": not wrong and not conflicts and not form.errors,
        }
        return render(self.request, "homologation/saved.html", context)

    def closed(self, form: SectionForm, refused: Refused) -> HttpResponse:
        """The dossier is no longer filled in, or not by this person: what was typed is shown with the reason."""
        if cast(HtmxDetails, self.request.htmx):  # type: ignore[attr-defined]
            context = {"seen": [(key, form.seen(key)) for key in sorted(self.keys)], "refusals": refused.refusals}
            return render(self.request, "homologation/saved.html", context)
        form.absorb(_without_field(refused))
        response = self.show(form, typed=self._typed(form))
        response.status_code = 409
        return response


def _without_field(refused: Refused) -> list[Refusal]:
    return [Refusal(refusal.code, refusal.message) for refusal in refused.refusals]
