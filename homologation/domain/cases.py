"""The case that an alert of supervision opens: its lifecycle, the causes found, what must be done to close it.

Calls without a prescription can be quite in order (vaccination, first qualification of a patient base), so that a
case starts by a question and ends by a written answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.accounts.domain.roles import PHARMACY_SIDE, Role
from portal.common.refusals import Refusal
from portal.workflow.lifecycle import Lifecycle, Transition

ALERT, DETAIL_ASKED, DETAIL_RECEIVED = "alert", "detail_asked", "detail_received"
ANALYSED, ACTED, CLOSED, ESCALATED = "analysed", "acted", "closed", "escalated"
ENDED = (CLOSED, ESCALATED)

_TITULAIRE = frozenset({Role.TITULAIRE})

SUPERVISION_CASE = Lifecycle(
    name="supervision",
    initial=ALERT,
    labels={
        ALERT: "Alerte à examiner",
        DETAIL_ASKED: "Détail demandé à l’éditeur",
        DETAIL_RECEIVED: "Détail reçu",
        ANALYSED: "Analysée",
        ACTED: "Action engagée",
        CLOSED: "Close",
        ESCALATED: "Escaladée en suspicion de violation",
    },
    transitions=(
        Transition("ask_detail", (ALERT,), DETAIL_ASKED, PHARMACY_SIDE, "Demander le détail", "Détail demandé"),
        Transition(
            "receive_detail",
            (DETAIL_ASKED,),
            DETAIL_RECEIVED,
            PHARMACY_SIDE | {Role.SYSTEM},
            "Noter le détail reçu",
            "Détail reçu de l’éditeur",
        ),
        Transition(
            "analyse",
            (ALERT, DETAIL_ASKED, DETAIL_RECEIVED),
            ANALYSED,
            PHARMACY_SIDE,
            "Dire la cause",
            "Cause analysée",
        ),
        Transition("engage", (ANALYSED,), ACTED, _TITULAIRE, "Engager une action", "Action engagée"),
        Transition(
            "acknowledge",
            (ACTED,),
            None,
            PHARMACY_SIDE,
            "Noter une prise de connaissance",
            "Rappel des bonnes pratiques lu",
        ),
        Transition(
            "read",
            (ACTED,),
            None,
            frozenset({Role.PREPARATEUR}),
            "Dire qu’on a lu un rappel",
            "Rappel des bonnes pratiques lu par l’intéressé",
        ),
        Transition("close", (ANALYSED, ACTED), CLOSED, _TITULAIRE, "Clore l’alerte", "Alerte close"),
        Transition(
            "escalate",
            (ANALYSED, ACTED),
            ESCALATED,
            _TITULAIRE,
            "Signaler une suspicion de violation",
            "Suspicion de violation signalée",
        ),
        Transition(
            "drop",
            (ALERT,),
            CLOSED,
            frozenset({Role.SYSTEM}),
            "Clore sans objet",
            "Sans objet : les chiffres ont été corrigés",
        ),
    ),
)

ALONE, TOGETHER = "misuse_one", "misuse_all"
CAUSES: Mapping[str, str] = {
    "catch_up": "Rattrapage ou qualification de base",
    "care": "Vaccination ou entretien",
    "test": "Test ou maintenance",
    "loop": "Boucle du logiciel",
    ALONE: "Mésusage individuel",
    TOGETHER: "Mésusage collectif",
    "other": "Autre cause",
}
MISUSES = frozenset({ALONE, TOGETHER})
"""Months of a confirmed misuse are no measure of what is usual."""

REMINDER = "reminder"
ACTIONS: Mapping[str, str] = {
    REMINDER: "Rappel des bonnes pratiques",
    "rights": "Droits retirés",
    "ticket": "Ticket ouvert chez l’éditeur",
}


@dataclass(frozen=True)
class CaseFacts:
    """What the guards read: state, cause, how many reminders wait to be acknowledged, how many of them by the actor."""

    state: str
    cause: str = ""
    waiting: int = 0
    mine: int = 0


def guard_acknowledge(facts: CaseFacts) -> list[Refusal]:
    """There is somebody left who has not read."""
    if facts.waiting:
        return []
    return [Refusal("none_waiting", "Tous les rappels des bonnes pratiques ont été lus : il n’y a rien à noter.")]


def guard_read(facts: CaseFacts) -> list[Refusal]:
    """A reminder waits for this very person."""
    if facts.mine:
        return []
    return [Refusal("none_waiting", "Vous avez déjà lu tous les rappels qui vous sont adressés.")]


def guard_close(facts: CaseFacts) -> list[Refusal]:
    """A misuse calls for an action, and a reminder for its acknowledgement."""
    if facts.cause in MISUSES and facts.state != ACTED:
        words = "Un mésusage appelle une action : engagez-la (rappel, droits retirés), puis revenez clore l’alerte."
        return [Refusal("action_missing", words)]
    if facts.waiting:
        words = f"Rappels encore à lire : {facts.waiting}. Notez chaque prise de connaissance, puis revenez clore."
        return [Refusal("not_acknowledged", words)]
    return []
