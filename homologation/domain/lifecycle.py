"""The lifecycle of a self-homologation dossier, as a literal table (compliance facts §1.6)."""

from __future__ import annotations

from portal.accounts.domain.roles import PHARMACY_SIDE, Role
from portal.workflow.lifecycle import Lifecycle, Transition

DRAFT = "draft"
TO_DECIDE = "to_decide"
APPROVED = "approved"
REFUSED = "refused"
WITHDRAWN = "withdrawn"
REPLACED = "replaced"
ABANDONED = "abandoned"

OPEN = (DRAFT, TO_DECIDE)
"""States in which no other dossier may be opened for the pharmacy."""
ENDED = (REFUSED, WITHDRAWN, REPLACED, ABANDONED)

_TITULAIRE = frozenset({Role.TITULAIRE})
_SYSTEM = frozenset({Role.SYSTEM})

HOMOLOGATION = Lifecycle(
    name="homologation",
    initial=DRAFT,
    labels={
        DRAFT: "À remplir",
        TO_DECIDE: "À décider",
        APPROVED: "Homologué",
        REFUSED: "Homologation refusée",
        WITHDRAWN: "Homologation retirée",
        REPLACED: "Remplacé par un autre dossier",
        ABANDONED: "Dossier INSi abandonné",
    },
    transitions=(
        Transition("answer", (DRAFT,), None, PHARMACY_SIDE, "Répondre", "Réponses enregistrées"),
        Transition("confirm", (DRAFT,), None, PHARMACY_SIDE, "Confirmer une réponse proposée", "Réponses confirmées"),
        Transition("prefill", (DRAFT,), None, _SYSTEM, "Préremplir", "Réponses proposées par l’éditeur"),
        Transition(
            "learn_software",
            (DRAFT,),
            None,
            _SYSTEM,
            "Noter le logiciel commandé",
            "Logiciel noté d’après la commande signée",
        ),
        Transition("submit", (DRAFT,), TO_DECIDE, PHARMACY_SIDE, "Soumettre à la décision", "Soumis à la décision"),
        Transition("send_back", (TO_DECIDE,), DRAFT, _TITULAIRE, "Rendre à remplir", "Rendu à remplir"),
        Transition("agree", (TO_DECIDE,), None, _TITULAIRE, "Donner son accord", "Accord d’un titulaire"),
        Transition("approve", (TO_DECIDE,), APPROVED, _TITULAIRE, "Homologuer", "Homologué"),
        Transition(
            "approve_with_reserves",
            (TO_DECIDE,),
            APPROVED,
            _TITULAIRE,
            "Homologuer avec réserves",
            "Homologué avec réserves",
        ),
        Transition("refuse", (TO_DECIDE,), REFUSED, _TITULAIRE, "Refuser l’homologation", "Homologation refusée"),
        Transition(
            "withdraw",
            (APPROVED,),
            WITHDRAWN,
            frozenset({Role.TITULAIRE, Role.SYSTEM}),
            "Retirer l’homologation",
            "Homologation retirée",
        ),
        Transition("replace", (APPROVED,), REPLACED, _SYSTEM, "Remplacer", "Remplacé par un nouveau dossier"),
        Transition("abandon", (DRAFT,), ABANDONED, _TITULAIRE, "Abandonner le dossier", "Dossier abandonné"),
    ),
)
