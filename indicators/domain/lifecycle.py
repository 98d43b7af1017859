"""The lifecycles of usage, as literal tables: decisions about a year, questions about figures."""

from __future__ import annotations

from portal.accounts.domain.roles import ADMINISTRATION, Role
from portal.workflow.lifecycle import Lifecycle, Transition

PROPOSED, DECIDED, WITHDRAWN = "proposed", "decided", "withdrawn"
OPEN, EXPLAINED, MOOT = "open", "explained", "moot"

FREEZE, NEUTRALISE = "freeze", "neutralise"
KINDS = {FREEZE: "Figer les résultats de l’année", NEUTRALISE: "Neutraliser un indicateur pour l’année"}
"""What a decision about a year does."""

YEAR_DECISION = Lifecycle(
    name="year_decision",
    initial=PROPOSED,
    labels={PROPOSED: "À approuver", DECIDED: "Décidée", WITHDRAWN: "Retirée"},
    transitions=(
        Transition(
            "decide", (PROPOSED,), DECIDED, frozenset({Role.VALIDATOR}), "Approuver la décision", "Décision prise"
        ),
        Transition("withdraw", (PROPOSED,), WITHDRAWN, ADMINISTRATION, "Retirer la proposition", "Proposition retirée"),
    ),
)

QUESTION = Lifecycle(
    name="usage_question",
    initial=OPEN,
    labels={OPEN: "Sans réponse", EXPLAINED: "Expliquée", MOOT: "Sans objet"},
    transitions=(
        Transition(
            "explain",
            (OPEN,),
            EXPLAINED,
            ADMINISTRATION | {Role.SUPPLIER},
            "Répondre à la question",
            "Question expliquée",
        ),
        Transition(
            "drop",
            (OPEN,),
            MOOT,
            frozenset({Role.SYSTEM}),
            "Clore sans objet",
            "Question sans objet : les chiffres ont changé",
        ),
    ),
)
