"""The lifecycle of a request for help with the questionnaire, as a literal table (compliance facts §1.8).

The editor's help is free of charge (S, « Questionnaire auto-homologation INSi »).
"""

from __future__ import annotations

from portal.accounts.domain.roles import PHARMACY_SIDE, Role
from portal.workflow.lifecycle import Lifecycle, Transition

ASKED = "asked"
TAKEN = "taken"
ANSWERED = "answered"
CLOSED = "closed"

WAITING = (ASKED, TAKEN)
"""States in which the supplier owes an answer."""
OPEN = (*WAITING, ANSWERED)

_SUPPLIER = frozenset({Role.SUPPLIER})

HELP = Lifecycle(
    name="help",
    initial=ASKED,
    labels={
        ASKED: "Aide demandée",
        TAKEN: "Aide prise en charge",
        ANSWERED: "Réponse donnée",
        CLOSED: "Demande d’aide close",
    },
    transitions=(
        Transition("take", (ASKED,), TAKEN, _SUPPLIER, "Prendre en charge", "Prise en charge par l’éditeur"),
        Transition("write", WAITING, None, PHARMACY_SIDE | _SUPPLIER, "Ajouter un message", "Message ajouté"),
        Transition("answer", WAITING, ANSWERED, _SUPPLIER, "Répondre", "Réponse de l’éditeur"),
        Transition("ask_again", (ANSWERED,), ASKED, PHARMACY_SIDE, "Demander une précision", "Précision demandée"),
        Transition("close", OPEN, CLOSED, PHARMACY_SIDE, "Clore la demande", "Demande close"),
    ),
)
