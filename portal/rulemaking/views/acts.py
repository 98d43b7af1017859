"""The acts on a draft: submit, approve, send back, give up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION
from portal.common import clock
from portal.common.refusals import Refusal
from portal.rulemaking.domain.lifecycle import DRAFT, SUBMITTED
from portal.rulemaking.forms.acts import RemarkForm, SeenForm
from portal.rulemaking.models import Amendment
from portal.rulemaking.selectors import get_amendment
from portal.rulemaking.services.approve import approve_amendment
from portal.rulemaking.services.draft import discard_amendment, send_back, submit_amendment
from portal.rulemaking.services.machine import AMENDMENTS, amendment_facts
from portal.rulemaking.services.scene import Scene
from portal.rulemaking.views.effects import effects_context
from portal.workflow.execute import check
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

    def refusals(self, obj: Amendment, actor: Actor) -> list[Refusal]:
        """Why the act is not possible now, from what the page reads anyway."""
        scene = self.scene_of(obj)
        facts = amendment_facts(obj, actor, scene.now, scene)
        return check(self.machine, obj, actor, self.verb, scene.now, facts)

    def page_context(self, obj: Amendment, actor: Actor) -> dict[str, Any]:
        """The differences and the effects as they stand."""
        scene = self.scene_of(obj)
        if obj.state not in (DRAFT, SUBMITTED) or scene.after is None:
            return {"reading": None}
        return {"amendment": obj, "reading": scene, **effects_context(scene, self.request.GET.get("page"))}

    def scene_of(self, obj: Amendment) -> Scene:
        """The surroundings of a draft, read once for each time it is found."""
        if self._scene is None or self._scene.amendment is not obj:
            self._scene = Scene(obj, clock.business_now())
        return self._scene

    _scene: Scene | None = None


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
