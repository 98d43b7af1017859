"""The acts on a draft: submit, approve, send back, give up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION
from portal.common import clock
from portal.rulemaking.forms.acts import RemarkForm, SeenForm
from portal.rulemaking.models import Amendment
from portal.rulemaking.selectors import get_amendment
from portal.rulemaking.services.approve import approve_amendment, impact_of
from portal.rulemaking.services.draft import discard_amendment, send_back, submit_amendment
from portal.rulemaking.services.machine import AMENDMENTS
from portal.rulemaking.services.read import reading_of
from portal.rulemaking.views.effects import effects_context
from portal.workflow.views import ActView


class AmendmentAct(ActView):
    """An act on a draft of the administration."""

    machine = AMENDMENTS

    def find(self, actor: Actor, pk: UUID) -> Amendment:
        if actor.role not in ADMINISTRATION:
            raise Http404
        return get_amendment(actor, pk)


class WithEffects(AmendmentAct):
    """The act that is only done after reading the differences and the effects."""

    template_name = "rulemaking/decide.html"

    def page_context(self, obj: Amendment, actor: Actor) -> dict[str, Any]:
        """The differences and the effects as they stand; none for a draft that may not go on."""
        if self.refusals(obj, actor):
            return {"reading": None}
        now = clock.business_now()
        page = self.request.GET.get("page")
        context = effects_context(obj, impact_of(obj, now), page)
        return {"amendment": obj, "reading": reading_of(obj, now), **context}


class Submit(WithEffects):
    verb = "submit"
    title = "Soumettre le projet"
    intro = "Une seconde personne, valideuse, relira les différences et les effets avant de publier."
    submit_label = "Soumettre à approbation"
    done = "Projet soumis. Une autre personne doit l’approuver."

    def perform(self, obj: Amendment, actor: Actor, data: dict[str, Any]) -> None:
        submit_amendment(amendment_id=obj.pk, actor=actor)


class Approve(WithEffects):
    verb = "publish"
    title = "Approuver et publier"
    intro = "La publication est définitive. Les commandes concernées suivent aussitôt, et chacun est prévenu."
    submit_label = "Approuver et publier"
    done = "Règles publiées. Leur application aux commandes est en cours."
    form_class = SeenForm

    def perform(self, obj: Amendment, actor: Actor, data: dict[str, Any]) -> None:
        approve_amendment(amendment_id=obj.pk, actor=actor, seen=data["seen"])


class SendBack(AmendmentAct):
    verb = "send_back"
    title = "Renvoyer en rédaction"
    intro = "Les auteurs reprennent le projet avec votre remarque."
    submit_label = "Renvoyer"
    done = "Projet renvoyé à ses auteurs."
    form_class = RemarkForm

    def perform(self, obj: Amendment, actor: Actor, data: dict[str, Any]) -> None:
        send_back(amendment_id=obj.pk, actor=actor, remark=data["remark"])


class Discard(AmendmentAct):
    verb = "discard"
    title = "Abandonner le projet"
    intro = "Le projet reste consultable ; il ne pourra plus être repris."
    submit_label = "Abandonner"
    done = "Projet abandonné."
    danger = True

    def perform(self, obj: Amendment, actor: Actor, data: dict[str, Any]) -> None:
        discard_amendment(amendment_id=obj.pk, actor=actor)
