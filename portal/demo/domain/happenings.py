"""What a simulated programme leaves behind: one value for each act, named without any row's key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from portal.common.clock import PARIS

ORDER, INSTALLATION, ATTESTATION, REFERENCING = "order", "installation", "attestation", "referencing"

CAUSES: dict[str, str] = {
    "referenced_in_time": "dossier complet dans le délai du bon, puis logiciel référencé",
    "va_signed": "VA entièrement signée",
    "order_signed": "bon de commande signé",
    "order_ended": "la commande a pris fin",
    "link_expired": "délai de signature du bon passé",
    "conditional_limit": "délai du bon conditionné passé sans dossier complet",
}
"""Why the portal acts by itself, in French; a date of the rules is told by its own source."""

_OF_VERBS: dict[tuple[str, str], str] = {
    (ORDER, "affirm"): "referenced_in_time",
    (ORDER, "realise"): "va_signed",
    (INSTALLATION, "create"): "order_signed",
    (INSTALLATION, "validate"): "va_signed",
    (INSTALLATION, "abort"): "order_ended",
    (ATTESTATION, "void"): "order_ended",
}


@dataclass(frozen=True)
class Happening:
    """One act on one object.

    ``kind``: what the object is; ``object``: its number or name. ``rule``: the code of the deadline or cause for
    which the portal acted by itself, ``because`` the same in French; both empty for people's acts. ``place``: the
    rank among the acts on this object.
    """

    at: datetime
    kind: str
    object: str
    verb: str
    from_state: str
    to_state: str
    rule: str
    because: str
    rule_set: str
    place: int

    def as_json(self) -> dict[str, str]:
        """The published form; ``at`` with its Paris offset."""
        return {
            "at": self.at.astimezone(PARIS).isoformat(timespec="seconds"),
            "object": self.object,
            "verb": self.verb,
            "from": self.from_state,
            "to": self.to_state,
            "rule": self.rule,
            "rule_set": self.rule_set,
        }


def in_order(happenings: Iterable[Happening]) -> list[Happening]:
    """By instant, then by object, the acts on one object as they came: no row's key decides."""
    return sorted(happenings, key=lambda h: (h.at, h.object, h.place))


def cause_of(kind: str, verb: str, reason: str) -> str:
    """The code of what made the portal act: the reason it recorded, else what this verb follows, else the verb."""
    return reason or _OF_VERBS.get((kind, verb), verb)
