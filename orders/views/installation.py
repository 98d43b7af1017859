"""The acts on an installation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.views.generic.base import View

from orders.forms.installation import DeclareForm, FailForm, LiftForm, PlanForm, ReserveForm
from orders.models import Installation
from orders.selectors import get_installation
from orders.services import installation as works
from orders.services.facts import current_rules
from orders.services.machines import INSTALLATIONS
from portal.accounts.actors import Actor
from portal.common import clock
from portal.ui.forms import PortalForm
from portal.workflow.views import ActView


class InstallationAct(ActView):
    """An act on the installation of an order that the actor may see; ``pk`` is the order's."""

    machine = INSTALLATIONS

    def find(self, actor: Actor, pk: UUID) -> Installation:
        """The installation, or 404."""
        return get_installation(actor, pk)


class Plan(InstallationAct):
    verb, title, form_class = "plan", "Planifier l’installation", PlanForm
    intro = "La pharmacie recevra la date."
    submit_label, done = "Planifier", "Installation planifiée : la pharmacie est prévenue."

    def perform(self, obj: Installation, actor: Actor, data: dict[str, Any]) -> None:
        works.plan(installation_id=obj.pk, actor=actor, planned_for=data["planned_for"])


class Replan(InstallationAct):
    verb, title, form_class = "replan", "Changer la date d’installation", PlanForm
    submit_label, done = "Changer la date", "Nouvelle date enregistrée : la pharmacie est prévenue."

    def build_form(self, obj: Installation, data: Any = None) -> PortalForm:
        """Starts from the date already planned."""
        return PlanForm(data, initial={"planned_for": obj.planned_for})

    def perform(self, obj: Installation, actor: Actor, data: dict[str, Any]) -> None:
        works.replan(installation_id=obj.pk, actor=actor, planned_for=data["planned_for"])


class Start(InstallationAct):
    verb, title = "start", "Commencer l’installation"
    intro = "Vous indiquez que les travaux ont commencé."
    submit_label, done = "Commencer", "Installation en cours."

    def perform(self, obj: Installation, actor: Actor, data: dict[str, Any]) -> None:
        works.start(installation_id=obj.pk, actor=actor)


class Declare(InstallationAct):
    verb, title = "declare", "Déclarer l’installation faite"
    intro = "Ces informations seront reprises dans la VA et servent en cas de contrôle."
    submit_label, done = "Déclarer l’installation faite", "Installation déclarée. Vous pouvez préparer la VA."

    def build_form(self, obj: Installation, data: Any = None) -> PortalForm:
        """The checklist comes from the rules; the scenario starts from the order's."""
        rules = current_rules(obj.order, clock.business_now())
        initial = {"final_scenario": obj.order.installation_scenario}
        return DeclareForm(data, rules=rules, initial=initial)

    def perform(self, obj: Installation, actor: Actor, data: dict[str, Any]) -> None:
        done = works.Works(**{**data, "checklist": tuple(data["checklist"])})
        works.declare(installation_id=obj.pk, actor=actor, works=done)


class Fail(InstallationAct):
    verb, title, form_class, danger = "fail", "Signaler un échec", FailForm, True
    intro = "L’autre partie sera prévenue et une nouvelle date devra être proposée."
    submit_label, done = "Signaler l’échec", "Échec enregistré."

    def perform(self, obj: Installation, actor: Actor, data: dict[str, Any]) -> None:
        works.fail(installation_id=obj.pk, actor=actor, **data)


class RaiseReserve(InstallationAct):
    verb, title = "reserve", "Poser une réserve"
    intro = "La VA ne pourra être préparée qu’une fois la réserve levée."
    submit_label, done = "Poser la réserve", "Réserve posée : l’autre partie est prévenue."

    def build_form(self, obj: Installation, data: Any = None) -> PortalForm:
        """The points are those of the checklist."""
        return ReserveForm(data, rules=current_rules(obj.order, clock.business_now()))

    def perform(self, obj: Installation, actor: Actor, data: dict[str, Any]) -> None:
        works.raise_reserve(installation_id=obj.pk, actor=actor, request=works.ReserveRequest(**data))


class Lift(InstallationAct):
    verb, title, form_class = "lift", "Lever la réserve", LiftForm
    submit_label, done = "Lever la réserve", "Réserve levée."

    def perform(self, obj: Installation, actor: Actor, data: dict[str, Any]) -> None:
        works.lift_reserve(installation_id=obj.pk, reserve_id=self.kwargs["reserve"], actor=actor, note=data["note"])


ACTS: dict[str, tuple[str, type[View]]] = {
    "plan": ("planifier", Plan),
    "replan": ("replanifier", Replan),
    "start": ("commencer", Start),
    "declare": ("faite", Declare),
    "fail": ("echec", Fail),
    "reserve": ("reserve", RaiseReserve),
}
