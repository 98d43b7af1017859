"""How a person may sign (facts: domain §2, IND-590). Later ones are added here: cpx, rgs, eidas, handwritten."""

from __future__ import annotations

PSC, PSC_DEMO = "psc", "psc_demo"
METHODS: dict[str, str] = {
    PSC: "Signature électronique – identification Pro Santé Connect – scellée par le portail",
    PSC_DEMO: "Pro Santé Connect de démonstration, sans valeur juridique",
    # No longer offered: the programme does not accept a pharmacist's password. Kept for what was signed so.
    "demonstration": "Démonstration (mot de passe redemandé), sans valeur juridique",
}


def method_label(code: str) -> str:
    """The French words printed for a method. Raises LookupError for an unknown one."""
    try:
        return METHODS[code]
    except KeyError:
        raise LookupError(f"unknown signature method {code!r}") from None
