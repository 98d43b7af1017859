"""The lifecycle of an early review, as a literal table (compliance facts §1.7)."""

from __future__ import annotations

from portal.accounts.domain.roles import Role
from portal.workflow.lifecycle import Lifecycle, Transition

OPEN, KEPT, RENEWED, WITHDRAWN = "open", "kept", "renewed", "withdrawn"
SETTLED = (KEPT, RENEWED, WITHDRAWN)

_SYSTEM = frozenset({Role.SYSTEM})

EARLY_REVIEW = Lifecycle(
    name="early_review",
    initial=OPEN,
    labels={
        OPEN: "Revue à faire",
        KEPT: "Revue faite : rien ne change",
        RENEWED: "Revue faite : dossier renouvelé",
        WITHDRAWN: "Revue faite : homologation retirée",
    },
    transitions=(
        Transition("keep", (OPEN,), KEPT, frozenset({Role.TITULAIRE}), "Rien ne change", "Rien ne change"),
        Transition("renew", (OPEN,), RENEWED, _SYSTEM, "Régler par le renouvellement", "Réglée par un nouveau dossier"),
        Transition("withdraw", (OPEN,), WITHDRAWN, _SYSTEM, "Régler par le retrait", "Réglée par le retrait"),
    ),
)
