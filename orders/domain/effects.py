"""What each status of a référencement does to orders: one literal table.

Source: lifecycle facts §1, withdrawal matrix; S, « ne s’affirment qu’à l’obtention du référencement ».
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portal.registry.domain.referencing import Status


class Signing(StrEnum):
    """How an issued order may be signed."""

    FIRM = "firm"
    CONDITIONAL = "conditional"
    BLOCKED = "blocked"


class Waiting(StrEnum):
    """What becomes of an order signed under condition."""

    WAITS = "waits"
    AFFIRMED = "affirmed"
    LAPSES = "lapses"


@dataclass(frozen=True)
class Effect:
    """``works``: a firm order not yet installed goes on; else it lapses, and a VA is only for what was installed
    before the status took effect."""

    signing: Signing
    waiting: Waiting
    works: bool


_BEFORE = Effect(Signing.CONDITIONAL, Waiting.WAITS, works=True)
_OVER = Effect(Signing.BLOCKED, Waiting.LAPSES, works=True)

# fmt: off
EFFECTS: dict[Status, Effect] = {
    #                              signing an order     an order signed under condition  works and VA of a firm order
    Status.ANNOUNCED:      _BEFORE,
    Status.ADMINISTRATIVE: _BEFORE,
    Status.SUBMITTED:      _BEFORE,
    Status.TO_COMPLETE:    _BEFORE,
    Status.COMPLETE:       _BEFORE,
    Status.TO_CORRECT:     _BEFORE,
    Status.REFERENCED:     Effect(Signing.FIRM,    Waiting.AFFIRMED, works=True),
    Status.REPLACED:       Effect(Signing.FIRM,    Waiting.AFFIRMED, works=True),
    Status.SUSPENDED:      Effect(Signing.BLOCKED, Waiting.WAITS,    works=True),
    Status.REFUSED:        _OVER,
    Status.ABANDONED:      _OVER,
    Status.LAPSED:         _OVER,
    Status.WITHDRAWN:      Effect(Signing.BLOCKED, Waiting.LAPSES,   works=False),
}
# fmt: on

LAPSE_REASONS: dict[Status, str] = {
    Status.REFUSED: "refused",
    Status.ABANDONED: "abandoned",
    Status.LAPSED: "dossier_lapsed",
    Status.WITHDRAWN: "withdrawn",
}
"""The reason of the lapse, for each status that ends orders."""
