"""The buttons of a dossier: only what would succeed now, each with its address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from attestations.domain.lifecycle import ALIVE
from attestations.domain.rules import AttestationFacts, guard_prepare
from attestations.models import Attestation, Reserve
from attestations.services.machine import ATTESTATIONS, attestation_facts, preparation_facts
from orders.domain.facts import InstallationFacts, OrderFacts
from orders.models import Installation, Objection
from orders.services.facts import Reading, installation_facts, order_facts
from orders.services.machines import INSTALLATIONS, ORDERS
from orders.services.replace import may_be_objected, may_be_settled
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import SUPPLIER_SIDE, Role
from portal.workflow.execute import allowed_actions


@dataclass(frozen=True)
class Action:
    """One button: what it does and where it leads."""

    verb: str
    label: str
    url: str


_SIGNATURES = {"sign_firm", "sign_conditional"}
MAIN = (
    "sign",
    "va_sign",
    "va_sign_late",
    "va_confirm",
    "issue",
    "edit",
    "plan",
    "declare",
    "va_prepare",
    "start",
    "cancel",
    "object",
    "settle",
)
"""Which of the allowed actions is the one next step, first match first."""


@dataclass(frozen=True)
class Scene:
    """A dossier as a page has read it, and who looks at it."""

    reading: Reading
    attestation: Attestation | None
    va_reserves: Sequence[Reserve]
    actor: Actor
    parties: frozenset[Role]
    objections: Sequence[Objection] = ()


def actions_of(scene: Scene) -> list[Action]:
    """Every action open to the actor on the order, its installation and its VA."""
    actions = _order_actions(scene)
    if scene.reading.installation is not None:
        actions += _installation_actions(scene, scene.reading.installation)
    if scene.attestation is not None:
        actions += _attestation_actions(scene, scene.attestation)
    return actions + _preparation(scene) + _objection_actions(scene)


def _objection_actions(scene: Scene) -> list[Action]:
    order, parties = scene.reading.order, scene.parties
    return [
        Action(verb, label, reverse(f"orders:{verb}", args=[order.pk]))
        for objection in scene.objections
        if objection.order_id == order.pk
        for verb, label, allowed in (
            ("object", "Contester le remplacement", may_be_objected(objection, parties)),
            ("settle", "Trancher la contestation", may_be_settled(objection, parties)),
        )
        if allowed
    ]


def _preparation(scene: Scene) -> list[Action]:
    installation = scene.reading.installation
    if installation is None or not scene.parties & SUPPLIER_SIDE or installation.va_state in ALIVE:
        return []
    if guard_prepare(preparation_facts(scene.reading)):
        return []
    return [Action("va_prepare", "Préparer la VA", reverse("attestations:prepare", args=[scene.reading.order.pk]))]


def main_action(actions: list[Action]) -> Action | None:
    """The one to put forward."""
    by_verb = {action.verb: action for action in actions}
    return next((by_verb[verb] for verb in MAIN if verb in by_verb), None)


def _order_actions(scene: Scene) -> list[Action]:
    actions = []
    reading = scene.reading
    order = reading.order

    def facts() -> OrderFacts:
        return order_facts(order, scene.actor, reading.now, reading)

    for transition in allowed_actions(ORDERS, order, scene.actor, parties=scene.parties, facts=facts):
        verb = "sign" if transition.verb in _SIGNATURES else transition.verb
        label = "Lire et signer" if verb == "sign" else transition.label
        actions.append(Action(verb, label, reverse(f"orders:{verb}", args=[order.pk])))
    return actions


def _installation_actions(scene: Scene, installation: Installation) -> list[Action]:
    reading = scene.reading

    def facts() -> InstallationFacts:
        return installation_facts(installation, scene.actor, reading.now, reading)

    # Lifting is offered beside each reserve, not as a button of the whole.
    return [
        Action(t.verb, t.label, reverse(f"orders:installation_{t.verb}", args=[reading.order.pk]))
        for t in allowed_actions(INSTALLATIONS, installation, scene.actor, parties=scene.parties, facts=facts)
        if t.verb != "lift"
    ]


def _attestation_actions(scene: Scene, attestation: Attestation) -> list[Action]:
    reading = scene.reading

    def facts() -> AttestationFacts:
        return attestation_facts(attestation, scene.actor, reading.now, reading, scene.va_reserves)

    pages = {
        "sign": "Vérifier et signer la VA",
        "sign_late": "Signer la VA hors délai",
        "refuse": "Refuser la VA",
        "retract": "Reprendre la VA",
        "confirm": "Signer les points levés",
    }
    addresses = {"sign_late": "attestations:sign"}
    return [
        Action(
            f"va_{t.verb}",
            pages[t.verb],
            reverse(addresses.get(t.verb, f"attestations:{t.verb}"), args=[attestation.pk]),
        )
        for t in allowed_actions(ATTESTATIONS, attestation, scene.actor, parties=scene.parties, facts=facts)
        if t.verb in pages
    ]
