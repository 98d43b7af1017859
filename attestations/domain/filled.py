"""A VA filled in and waiting for its signature: what its frozen document says, and whether it may still be signed."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

from attestations.domain.rules import Decision
from portal.common.refusals import Refusal

FILLED = "va_filled"
"""The kind of document that a filled VA is."""

_ACCEPTED = {"accepted": True, "refused": False}


@dataclass(frozen=True)
class Filled:
    """What was filled in. ``decisions``: the boxes answered this time, by code; ``responsible``: by whom."""

    decisions: Mapping[str, Decision]
    place: str
    dated_on: date
    responsible: str


def filled_from(snapshot: Mapping[str, Any]) -> Filled:
    """What the frozen value of a filled VA says."""
    decisions = {
        statement["code"]: Decision(_ACCEPTED.get(statement["decision"]), statement["reason"])
        for statement in snapshot["statements"]
        if statement["code"] in snapshot["answered"]
    }
    return Filled(
        decisions=decisions,
        place=snapshot["place"],
        dated_on=date.fromisoformat(snapshot["dated_on"]),
        responsible=snapshot["pharmacy"]["responsible"],
    )


def check_filled(filled: Filled | None, *, boxes: Set[str], today: date | None, signatory: str) -> list[Refusal]:
    """A filled VA is signed the day that it bears, by the person that it names, over the boxes that still wait.

    ``today``: None for one signed elsewhere or by hand, which comes back when it can.
    """
    if filled is None:
        return [Refusal("not_filled", "Répondez d’abord à chaque point de la VA : vous signerez la VA ainsi remplie.")]
    if today is not None and filled.dated_on != today:
        why = "a été remplie un autre jour"
    elif filled.responsible != signatory:
        why = f"a été remplie au nom de {filled.responsible}"
    elif set(filled.decisions) != boxes:
        why = "a été remplie avant que d’autres points n’attendent votre réponse"
    else:
        return []
    return [Refusal("stale", f"La VA {why}. Relisez vos réponses, puis continuez : le document sera refait.")]
