"""The lifecycle of a personal data breach, as a literal table (compliance facts §2; RGPD art. 33 and 34)."""

from __future__ import annotations

from portal.accounts.domain.roles import PHARMACY_SIDE, Role
from portal.workflow.lifecycle import Lifecycle, Transition

SUSPICION = "suspicion"
NOT_A_BREACH = "not_a_breach"
CONFIRMED = "confirmed"
DOCUMENTED = "documented"
TO_NOTIFY = "to_notify"
NOTIFIED = "notified"
COMPLETED = "completed"
CLOSED = "closed"

COUNTING = (CONFIRMED, TO_NOTIFY)
"""States in which the 72 hours run."""
KNOWN = (CONFIRMED, DOCUMENTED, TO_NOTIFY, NOTIFIED, COMPLETED)
"""States of a breach that is certain and not closed."""
OPEN = (SUSPICION, *KNOWN)

_TITULAIRE = frozenset({Role.TITULAIRE})

BREACH = Lifecycle(
    name="breach",
    initial=SUSPICION,
    labels={
        SUSPICION: "Suspicion à qualifier",
        NOT_A_BREACH: "Pas une violation",
        CONFIRMED: "Violation confirmée",
        DOCUMENTED: "Sans risque, documentée",
        TO_NOTIFY: "À notifier à la CNIL",
        NOTIFIED: "Notification initiale envoyée",
        COMPLETED: "Notification complète",
        CLOSED: "Violation close",
    },
    transitions=(
        Transition("describe", OPEN, None, PHARMACY_SIDE, "Décrire la violation", "Description enregistrée"),
        Transition("note", OPEN, None, PHARMACY_SIDE, "Ajouter une note au journal", "Note ajoutée"),
        Transition(
            "dismiss",
            (SUSPICION,),
            NOT_A_BREACH,
            _TITULAIRE,
            "Écarter : ce n’est pas une violation",
            "Qualifiée : pas une violation",
        ),
        Transition("confirm", (SUSPICION,), CONFIRMED, PHARMACY_SIDE, "Confirmer la violation", "Violation confirmée"),
        Transition(
            "correct_awareness",
            KNOWN,
            None,
            PHARMACY_SIDE,
            "Corriger l’heure de la prise de connaissance",
            "Prise de connaissance corrigée",
        ),
        Transition(
            "document_no_risk",
            (CONFIRMED, TO_NOTIFY),
            DOCUMENTED,
            _TITULAIRE,
            "Justifier l’absence de risque",
            "Absence de risque justifiée",
        ),
        Transition(
            "decide_to_notify",
            (CONFIRMED, DOCUMENTED),
            TO_NOTIFY,
            PHARMACY_SIDE,
            "Décider de notifier la CNIL",
            "Notification à la CNIL décidée",
        ),
        Transition(
            "notify",
            (TO_NOTIFY,),
            NOTIFIED,
            PHARMACY_SIDE,
            "Enregistrer la notification initiale",
            "Notification initiale envoyée",
        ),
        Transition(
            "complement",
            (NOTIFIED, COMPLETED),
            NOTIFIED,
            PHARMACY_SIDE,
            "Enregistrer une notification complémentaire",
            "Notification complémentaire envoyée",
        ),
        Transition(
            "complete",
            (NOTIFIED,),
            COMPLETED,
            PHARMACY_SIDE,
            "Déclarer la notification complète",
            "Notification déclarée complète",
        ),
        Transition(
            "settle_persons",
            KNOWN,
            None,
            PHARMACY_SIDE,
            "Décider de l’information des personnes",
            "Information des personnes décidée",
        ),
        Transition(
            "inform_persons",
            KNOWN,
            None,
            PHARMACY_SIDE,
            "Enregistrer l’information des personnes",
            "Personnes informées",
        ),
        Transition(
            "file_receipt",
            (NOTIFIED, COMPLETED, CLOSED),
            None,
            PHARMACY_SIDE,
            "Joindre l’accusé de réception de la CNIL",
            "Accusé de réception joint",
        ),
        Transition("close", (DOCUMENTED, COMPLETED), CLOSED, _TITULAIRE, "Clore la violation", "Violation close"),
    ),
)
