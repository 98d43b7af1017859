"""Why an order ended: stable codes with their French words. Those of ``BY_DATE`` may be undone by a new arrêté."""

from __future__ import annotations

LINK_EXPIRED = "link_expired"
SIGNATURE_CLOSING = "signature_closing"
CONDITIONAL_LIMIT = "conditional_limit"
CLOSING = "closing"
REFUSED = "refused"
ABANDONED = "abandoned"
DOSSIER_LAPSED = "dossier_lapsed"
WITHDRAWN = "withdrawn"
PHARMACY_CLOSED = "pharmacy_closed"

BY_DATE = frozenset({LINK_EXPIRED, SIGNATURE_CLOSING, CONDITIONAL_LIMIT, CLOSING})
"""The sole cause of the end was a date: the order comes back whole if the rules move that date."""

END_REASONS: dict[str, str] = {
    LINK_EXPIRED: "Le délai de signature est passé",
    SIGNATURE_CLOSING: "Les signatures sont closes",
    CONDITIONAL_LIMIT: "Le dossier de référencement n’a pas été complet à temps",
    CLOSING: "La VA n’a pas été signée avant la clôture",
    REFUSED: "Le référencement du logiciel a été refusé",
    ABANDONED: "Le référencement du logiciel a été abandonné",
    DOSSIER_LAPSED: "Le dossier de référencement du logiciel est caduc",
    WITHDRAWN: "Le référencement du logiciel a été retiré",
    PHARMACY_CLOSED: "La pharmacie a fermé",
    "discarded": "Brouillon abandonné",
    "by_consent": "Annulée d’un commun accord",
    "fraud": "Annulée pour fraude",
    "objection": "Annulée : la contestation de l’ancien fournisseur est reçue",
    "replaced": "Remplacée par une autre commande",
    "transferred": "Reprise par la pharmacie qui succède",
}


def reason_words(code: str) -> str:
    """The French words of a reason; a pharmacist's own reasons to decline are worded by the consent."""
    return END_REASONS.get(code, "Autre motif")
