"""No patient identity enters the portal: a number that looks like an INS or a NIR is refused in any free text."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from portal.common.refusals import Refusal

_GAP = r"[\s.\u200b\u2060]"
_SQUEEZED = re.compile(rf"(?<=[0-9ABab]){_GAP}+(?=[0-9ABab])")
_CUTS = (re.compile(r"(?!)"), re.compile(r"[\r\n\u2028\u2029]+"), re.compile(r"\.(?=\s)|[\r\n\u2028\u2029]+"))
"""Where a text is cut before its blanks and dots are removed: nowhere, at lines, at sentences. The first finds a number
broken across lines; the others, the number that the next line or sentence would lengthen."""
_RUNS = (re.compile(r"[0-9]+"), re.compile(r"(?:[0-9]|(?<=2)[ABab](?=[0-9]))+"))
"""Digits alone, then with Corsica's letters: a word after a number must not hide it."""
_FORMS = re.compile(r"[0-9]{5}(?:[0-9]{2}|2[ABab])[0-9]{6}(?:[0-9]{2})?")
_PRINTED = re.compile(
    r"(?<![0-9])[1-478]_[0-9]{2}_(?:0[1-9]|1[0-2]|[2-9][0-9])_"
    r"(?:(?:[0-9]{2}|2[ABab])_[0-9]{3}|[0-9]{3}_[0-9]{2})_[0-9]{3}(?:_[0-9]{2})?(?![0-9])".replace("_", rf"{_GAP}*")
)
"""Sex, year, month, département and commune, order, key as cards print them: found whatever number follows."""
_PRODUCT = "3400"
"""What the 13 digits of a French medicine (CIP13) begin with."""
_PRODUCTS = re.compile(rf"(?<![0-9]){_PRODUCT}[0-9]{{9}}(?![0-9])")

_LEGAL = "Arrêté du 4 avril 2022 (référentiel INS) ; CNIL, délibération 2021-122"


def patient_numbers(text: str) -> list[str]:
    """The runs of exactly 13 or 15 digits of a text, blanks and dots removed (Corsica's 2A and 2B count as digits).

    Neighbouring numbers hide none: each run as it is written counts, then each line, each sentence and the whole
    without blanks and dots, then the printed form. A 13-digit product code beginning with 3400 is none.
    """
    plain = _PRODUCTS.sub("-", unicodedata.normalize("NFKC", text))
    pieces = [plain, *(_SQUEEZED.sub("", piece) for cut in _CUTS for piece in cut.split(plain))]
    runs = [run for piece in pieces for pattern in _RUNS for run in pattern.findall(piece)]
    runs += [re.sub(_GAP, "", printed) for printed in _PRINTED.findall(plain)]
    return [run for run in dict.fromkeys(runs) if _FORMS.fullmatch(run) and not _is_product(run)]


def _is_product(run: str) -> bool:
    return len(run) == 13 and run.startswith(_PRODUCT)


def check_free_text(value: Any, field: str = "") -> list[Refusal]:
    """Refuse a patient number anywhere in a value: a text, or what lists and rows hold. The number is not repeated."""
    return _refused(value, field, "Ce texte", "retirez ce nombre")


def check_file_name(label: str, field: str = "file") -> list[Refusal]:
    """Refuse a file whose name holds what looks like a patient's number: names are kept and shown."""
    return _refused(label, field, "Le nom de ce fichier", "renommez le fichier sans ce nombre")


def _refused(value: Any, field: str, what: str, act: str) -> list[Refusal]:
    if not any(patient_numbers(text) for text in _texts(value)):
        return []
    return [
        Refusal(
            "patient_number",
            f"{what} contient un nombre de 13 ou 15 chiffres, qui ressemble à un numéro de patient (INS ou NIR). "
            f"Aucune identité de patient ne doit entrer ici : {act}. Si ce sont deux nombres qui se suivent, "
            "séparez-les par une virgule.",
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
