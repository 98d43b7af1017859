"""No patient identity enters the portal: a number that looks like an INS or a NIR is refused in any free text."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from portal.common.refusals import Refusal

_BLANKS = re.compile(r"(?<=[0-9ABab])[\s.\u200b\u2060]+(?=[0-9ABab])")
_RUNS = (re.compile(r"[0-9]+"), re.compile(r"(?:[0-9]|(?<=2)[ABab](?=[0-9]))+"))
"""Digits alone, then with Corsica's letters: a word after a number must not hide it."""
_FORMS = re.compile(r"[0-9]{5}(?:[0-9]{2}|2[ABab])[0-9]{6}(?:[0-9]{2})?")
_PRODUCT = "3400"
"""What the 13 digits of a French medicine (CIP13) begin with."""

_LEGAL = "Arrêté du 4 avril 2022 (référentiel INS) ; CNIL, délibération 2021-122"


def patient_numbers(text: str) -> list[str]:
    """The runs of exactly 13 or 15 digits of a text, blanks and dots removed (Corsica's 2A and 2B count as digits).

    A 13-digit product code beginning with 3400 is none.
    """
    squeezed = _BLANKS.sub("", unicodedata.normalize("NFKC", text))
    runs = dict.fromkeys(run for pattern in _RUNS for run in pattern.findall(squeezed))
    return [run for run in runs if _FORMS.fullmatch(run) and not (len(run) == 13 and run.startswith(_PRODUCT))]


def check_free_text(value: Any, field: str = "") -> list[Refusal]:
    """Refuse a patient number anywhere in a value: a text, or what lists and rows hold. The number is not repeated."""
    if not any(patient_numbers(text) for text in _texts(value)):
        return []
    return [
        Refusal(
            "patient_number",
            "Ce texte contient un nombre de 13 ou 15 chiffres, qui ressemble à un numéro de patient (INS ou NIR). "
            "Aucune identité de patient ne doit être écrite ici : retirez ce nombre.",
            field,
            _LEGAL,
        )
    ]


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [text for item in value for text in _texts(item)] if isinstance(value, list) else []
