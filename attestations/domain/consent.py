"""The words the pharmacist agrees to when signing a VA, versioned."""

from __future__ import annotations

CONSENT_VERSION = "va-1"


def consent_text() -> str:
    """The sentence beside the box, as kept in the evidence."""
    return (
        "Je signe cette vérification d’aptitude. J’atteste les points cochés ; les points refusés restent en réserve "
        "jusqu’à ce que mon fournisseur les ait traités et que je les aie signés."
    )
