"""Questions about figures that look odd: read and answered by the supplier concerned or the administration."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from indicators.boards import may_compare
from indicators.domain import anomalies
from indicators.domain.lifecycle import EXPLAINED, MOOT, OPEN, QUESTION
from indicators.forms import AnswerForm
from indicators.models import UsageQuestion
from indicators.selectors import get_question, questions_for
from indicators.services.questions import QUESTIONS, explain
from portal.accounts.actors import Actor
from portal.workflow.execute import allowed_actions
from portal.workflow.views import ActView, actor_of

TONES = {OPEN: "warning", EXPLAINED: "success", MOOT: "neutral"}


def _said(one: UsageQuestion) -> dict[str, Any]:
    words = anomalies.question(one.kind, one.facts, one.pharmacy.name, one.other.name if one.other else "")
    return {"question": one, "words": words, "state": QUESTION.labels[one.state], "tone": TONES[one.state]}


@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """The open questions, or all of them with ``?toutes=1``."""
    actor = actor_of(request)
    if not may_compare(actor):
        raise Http404
    everything = request.GET.get("toutes") == "1"
    found = questions_for(actor) if everything else questions_for(actor).filter(state=OPEN)
    page = Paginator(found, 30).get_page(request.GET.get("page"))
    context = {"page": page, "rows": [_said(one) for one in page], "everything": everything}
    return render(request, "indicators/questions.html", context)


@require_safe
def question(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One question with its answer."""
    actor = actor_of(request)
    found = get_question(actor, pk)
    verbs = [one.verb for one in allowed_actions(QUESTIONS, found, actor)]
    return render(request, "indicators/question.html", {**_said(found), "may_answer": "explain" in verbs})


class Explain(ActView):
    """The answer."""

    machine = QUESTIONS
    verb = "explain"
    title = "Répondre à la question"
    intro = "Votre explication est gardée avec la question. Elle ne change aucun résultat."
    submit_label = "Enregistrer l’explication"
    done = "Explication enregistrée. Merci."
    form_class = AnswerForm
    template_name = "indicators/explain.html"

    def find(self, actor: Actor, pk: UUID) -> UsageQuestion:
        return get_question(actor, pk)

    def perform(self, obj: UsageQuestion, actor: Actor, data: dict[str, Any]) -> None:
        explain(question_id=obj.pk, actor=actor, answer=data["answer"])

    def page_context(self, obj: UsageQuestion, actor: Actor) -> dict[str, Any]:
        return {"words": _said(obj)["words"]}
