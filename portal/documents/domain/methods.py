"""How a person may sign (facts: domain §2, IND-590). Later ones are added here: psc, cpx, rgs, eidas, handwritten."""

from __future__ import annotations

METHODS: dict[str, str] = {
    "demonstration": "Démonstration (mot de passe redemandé), sans valeur juridique",
}


def method_label(code: str) -> str:
    """The French words printed for a method. Raises LookupError for an unknown one."""
    try:
        return METHODS[code]
    except KeyError:
        raise LookupError(f"unknown signature method {code!r}") from None
