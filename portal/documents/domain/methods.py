"""How a person may sign (facts: domain §2, IND-590): each kind has its own code and is never taken for another."""

from __future__ import annotations

PSC, PSC_DEMO = "psc", "psc_demo"
CPX, RGS_EIDAS, HANDWRITTEN = "cpx", "rgs_eidas", "handwritten"
BY_CERTIFICATE = (CPX, RGS_EIDAS)
"""The person signed the file with a certificate of theirs, outside the portal."""
METHODS: dict[str, str] = {
    PSC: "Signature électronique – identification Pro Santé Connect – scellée par le portail",
    PSC_DEMO: "Pro Santé Connect de démonstration, sans valeur juridique",
    CPX: "Signature électronique – certificat de carte CPx du signataire, apposé hors du portail",
    RGS_EIDAS: "Signature électronique – certificat RGS ou eIDAS du signataire, apposé hors du portail",
    HANDWRITTEN: "Signature manuscrite sur papier – numérisation confirmée par le signataire",
    # No longer offered: the programme does not accept a pharmacist's password. Kept for what was signed so.
    "demonstration": "Démonstration (mot de passe redemandé), sans valeur juridique",
}


NOT_BORNE, NOT_COMPARED = "not_borne", "not_compared"
DOUBTS: dict[str, str] = {
    NOT_BORNE: "identité non portée par le certificat : c’est celle de la connexion au portail",
    NOT_COMPARED: "numéro RPPS du certificat non rapproché de la personne connectée, dont le portail n’a pas le numéro",
}
"""Where a certificate does not prove by itself that the person logged in is who signed; said with the method."""


def doubt_of(borne: str, known: str) -> str:
    """The doubt left by a certificate: ``borne``, the RPPS number of its subject; ``known``, the person's; or empty."""
    if not borne:
        return NOT_BORNE
    return "" if known else NOT_COMPARED


def method_label(code: str) -> str:
    """The French words printed for a method. Raises LookupError for an unknown one."""
    try:
        return METHODS[code]
    except KeyError:
        raise LookupError(f"unknown signature method {code!r}") from None
