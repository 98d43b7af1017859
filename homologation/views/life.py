"""The life of a decision: what it changes from the one before, and settling its early reviews."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from homologation import presentation_life
from homologation.forms.decision import ReasonForm
from homologation.life_selectors import get_review, previous_of
from homologation.models import EarlyReview
from homologation.selectors import get_dossier
from homologation.services.facts import Reading
from homologation.services.reviews import REVIEWS, keep_decision
from portal.accounts.actors import Actor
from portal.common import clock
from portal.workflow.views import ActView, actor_of


@require_safe
def changes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a renewal changes: questions, answers, and what it does not carry over."""
    dossier = get_dossier(actor_of(request), pk)
    previous, now = previous_of(dossier), clock.business_now()
    old, new = Reading(previous, now), Reading(dossier, now)
    other_form = previous.questionnaire_id != dossier.questionnaire_id
    context = {
        "dossier": dossier,
        "previous": previous,
        "lines": presentation_life.change_lines(old.form, new.form, old.answers, new.answers),
        "questions": presentation_life.form_changes(old.form, new.form) if other_form else [],
        "to_say": presentation_life.to_say_again(old.form, old.answers, new.answers),
    }
    return render(request, "homologation/changes.html", context)


class Keep(ActView):
    """« Rien ne change »: the decision was read again, and why it stands."""

    machine, form_class, template_name = REVIEWS, ReasonForm, "homologation/review.html"
    verb, title = "keep", "Revue anticipée\u00a0: rien ne change"
    intro = (
        "Vous avez relu le dossier au vu de ce qui suit, et il reste juste. Dites pourquoi en quelques mots : ce motif "
        "est gardé avec la décision."
    )
    submit_label, done = "Rien ne change", "Revue faite : la décision reste telle qu’elle est."

    def find(self, actor: Actor, pk: UUID) -> EarlyReview:
        """The review, or 404."""
        return get_review(actor, pk)

    def perform(self, obj: EarlyReview, actor: Actor, data: dict[str, Any]) -> None:
        keep_decision(review_id=obj.pk, actor=actor, reason=data["reason"])

    def page_context(self, obj: EarlyReview, actor: Actor) -> dict[str, Any]:
        """The fact and its rule."""
        return {"line": presentation_life.review_lines(obj.dossier.programme_id, [obj])[0]}
