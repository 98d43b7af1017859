"""The file of a prefill pack: what a supplier proposes, taken out and read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from homologation.domain.questions import Questionnaire
from homologation.domain.snapshot import BadExport

SCHEMA = 1


def pack_file(form: Questionnaire, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values by key with the questionnaire that they answer."""
    return {"schema": SCHEMA, "questionnaire": {"code": form.code, "version": form.version}, "values": dict(values)}


def read_pack_file(content: Any, form: Questionnaire) -> dict[str, Any]:
    """The values of a file, for this very questionnaire; whether each fits is judged later. Raises ``BadExport``."""
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise BadExport(
            "Ce fichier n’est pas un préremplissage : un objet JSON est attendu, avec « schema » (1), "
            "« questionnaire » et « values ». Téléchargez le modèle, complétez-le, puis importez-le."
        )
    if content.get("questionnaire") != {"code": form.code, "version": form.version}:
        raise BadExport(
            f"Ce fichier répond à un autre questionnaire : {form.code}, version {form.version} est attendu. "
            "Téléchargez le modèle de cette version, puis reprenez vos réponses."
        )
    values = content.get("values")
    if not isinstance(values, dict):
        raise BadExport("« values » est un objet : une clé par question, avec sa réponse.")
    return values
