"""The words the titulaire agrees to when deciding, versioned."""

from __future__ import annotations

CONSENT_VERSION = "insi-1"


def consent_text() -> str:
    """The sentence beside the box, as kept in the evidence."""
    return (
        "J’ai lu ce dossier. En tant que responsable de traitement, j’homologue l’usage du téléservice INSi dans ma "
        "pharmacie pour la durée choisie, et j’accepte les risques qui demeurent."
    )
