"""The buttons of a dossier: only what would succeed now, each with its address."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from attestations.models import Attestation
from attestations.services.machine import ATTESTATIONS
from attestations.services.prepare import refusals_to_prepare
from orders.models import Installation, Order
from orders.services.machines import INSTALLATIONS, ORDERS
from portal.accounts.actors import Actor
from portal.workflow.execute import allowed_actions


@dataclass(frozen=True)
class Action:
    """One button: what it does and where it leads."""

    verb: str
    label: str
    url: str


_SIGNATURES = {"sign_firm", "sign_conditional"}
MAIN = ("sign", "va_sign", "va_confirm", "issue", "edit", "plan", "declare", "va_prepare", "start", "cancel")
"""Which of the allowed actions is the one next step, first match first."""


def actions_of(order: Order, attestation: Attestation | None, actor: Actor) -> list[Action]:
    """Every action open to the actor on the order, its installation and its VA."""
    installation = getattr(order, "installation", None)
    actions = _order_actions(order, actor)
    if installation is not None:
        actions += _installation_actions(installation, order, actor)
    if attestation is not None:
        actions += _attestation_actions(attestation, actor)
    if installation is not None and not refusals_to_prepare(order, actor):
        actions.append(Action("va_prepare", "Préparer la VA", reverse("attestations:prepare", args=[order.pk])))
    return actions


def main_action(actions: list[Action]) -> Action | None:
    """The one to put forward."""
    by_verb = {action.verb: action for action in actions}
    return next((by_verb[verb] for verb in MAIN if verb in by_verb), None)


def _order_actions(order: Order, actor: Actor) -> list[Action]:
    actions = []
    for transition in allowed_actions(ORDERS, order, actor):
        verb = "sign" if transition.verb in _SIGNATURES else transition.verb
        label = "Lire et signer" if verb == "sign" else transition.label
        actions.append(Action(verb, label, reverse(f"orders:{verb}", args=[order.pk])))
    return actions


def _installation_actions(installation: Installation, order: Order, actor: Actor) -> list[Action]:
    # Lifting is offered beside each reserve, not as a button of the whole.
    return [
        Action(t.verb, t.label, reverse(f"orders:installation_{t.verb}", args=[order.pk]))
        for t in allowed_actions(INSTALLATIONS, installation, actor)
        if t.verb != "lift"
    ]


def _attestation_actions(attestation: Attestation, actor: Actor) -> list[Action]:
    pages = {
        "sign": "Vérifier et signer la VA",
        "refuse": "Refuser la VA",
        "retract": "Reprendre la VA",
        "confirm": "Signer les points levés",
    }
    return [
        Action(f"va_{t.verb}", pages[t.verb], reverse(f"attestations:{t.verb}", args=[attestation.pk]))
        for t in allowed_actions(ATTESTATIONS, attestation, actor)
        if t.verb in pages
    ]
