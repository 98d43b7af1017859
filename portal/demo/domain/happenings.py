"""What a simulated programme leaves behind: one value for each act, named without any row's key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from portal.common.clock import PARIS

ORDER, INSTALLATION, ATTESTATION, REFERENCING = "order", "installation", "attestation", "referencing"

CAUSES: dict[tuple[str, str], tuple[str, str]] = {
    (ORDER, "create"): ("succession", "la pharmacie a un successeur"),
    (ORDER, "affirm"): ("referenced", "dossier complet dans le délai du bon, puis logiciel référencé"),
    (ORDER, "realise"): ("va_signed", "VA entièrement signée"),
    (ORDER, "replace"): ("order_signed", "autre bon de commande signé"),
    (ORDER, "transfer"): ("order_signed", "bon de commande signé par la pharmacie qui succède"),
    (ORDER, "hand_over"): ("succession", "la pharmacie a un successeur"),
    (INSTALLATION, "create"): ("order_signed", "bon de commande signé"),
    (INSTALLATION, "validate"): ("va_signed", "VA entièrement signée"),
    (INSTALLATION, "abort"): ("order_ended", "la commande a pris fin"),
    (ATTESTATION, "void"): ("order_ended", "la commande a pris fin"),
}
"""Code and French words of what the portal's own acts follow, where they do not record a deadline or a decision."""


@dataclass(frozen=True)
class Happening:
    """One act on one object.

    ``kind``: what the object is; ``object``: its number or name. ``rule``: the code of the deadline or cause for
    which the portal acted by itself, ``because`` the same in French with its source; both empty for people's acts.
    ``place``: the rank among the acts on this object.
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


def cause_of(kind: str, verb: str) -> tuple[str, str]:
    """Code and French words of what an act of the portal follows; the verb itself where no more is known."""
    return CAUSES.get((kind, verb), (verb, ""))
