"""Verdicts on requirements, and the decisions that one person proposes and another takes."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """The verdict on one requirement."""

    MET = "met"
    TO_CORRECT = "to_correct"


OUTCOME_LABELS = {Outcome.MET: "Conforme", Outcome.TO_CORRECT: "À corriger"}


class Decision(StrEnum):
    """What an instructor proposes and a validator decides."""

    REFERENCE = "reference"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


DECISION_LABELS = {
    Decision.REFERENCE: "Référencer",
    Decision.REFUSE: "Refuser",
    Decision.WITHDRAW: "Retirer le référencement",
}
DECISIONS_IN = {
    "under_review": (Decision.REFERENCE, Decision.REFUSE),
    "referenced": (Decision.WITHDRAW,),
    "suspended": (Decision.WITHDRAW,),
}
"""By state of the dossier, the decisions that may be proposed."""

WITHDRAWAL_GROUNDS = {
    "by_supplier": "À la demande du fournisseur",
    "under_review": "À la suite d’un réexamen",
    "by_authority": "Sur décision de l’autorité",
}
