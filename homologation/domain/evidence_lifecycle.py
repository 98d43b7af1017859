"""The lifecycle of a piece joined by a pharmacy, as a literal table (compliance facts §1.8)."""

from __future__ import annotations

from portal.accounts.domain.roles import PHARMACY_SIDE
from portal.workflow.lifecycle import Lifecycle, Transition

HELD = "held"
WITHDRAWN = "withdrawn"

EVIDENCE = Lifecycle(
    name="evidence",
    initial=HELD,
    labels={HELD: "Pièce jointe", WITHDRAWN: "Pièce retirée"},
    transitions=(
        Transition("replace", (HELD,), None, PHARMACY_SIDE, "Remplacer la pièce", "Pièce remplacée"),
        Transition("withdraw", (HELD,), WITHDRAWN, PHARMACY_SIDE, "Retirer la pièce", "Pièce retirée"),
    ),
)
