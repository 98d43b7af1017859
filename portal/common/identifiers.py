"""French identifiers: form and check digits.

A wrong form is a refusal; a wrong check digit is a refusal for SIRET and a *warning* for FINESS and RPPS,
whose check is only empirical (facts: FINESS Luhn « P », Corsican letters 2A→21, 2B→22).
"""

from __future__ import annotations

import re

from stdnum import luhn
from stdnum.exceptions import ValidationError
from stdnum.fr import siret as siret_number

from portal.common.refusals import Refusal
from portal.common.text import squeeze

FINESS_FORM = re.compile(r"[0-9][0-9A-Z][0-9]{7}")
_SIRET_FORM = re.compile(r"[0-9]{14}")
_LETTERS = {"2A": "21", "2B": "22"}


def normalise(value: str) -> str:
    """An identifier as stored: no blanks, upper case."""
    return squeeze(value).upper()


def check_finess_form(value: str, field: str = "finess") -> list[Refusal]:
    """Refuse what does not look like a FINESS number (nine characters)."""
    if FINESS_FORM.fullmatch(value):
        return []
    return [
        Refusal(
            "bad_finess",
            "Ce numéro FINESS n’a pas la bonne forme : 9 caractères sont attendus, par exemple 010002301. "
            "Vérifiez le numéro géographique de la pharmacie.",
            field,
        )
    ]


def finess_check_digit_holds(value: str) -> bool:
    """Whether the Luhn digit of a well-formed FINESS holds; other letters than 2A/2B are not checked."""
    prefix = _LETTERS.get(value[:2], value[:2])
    digits = prefix + value[2:]
    return not digits.isdigit() or luhn.is_valid(digits)


def warn_finess(value: str, field: str = "finess") -> list[Refusal]:
    """The warning (never blocking) for a FINESS whose check digit does not hold."""
    if not FINESS_FORM.fullmatch(value) or finess_check_digit_holds(value):
        return []
    return [
        Refusal(
            "finess_check_digit",
            "La clé de ce numéro FINESS paraît inhabituelle : relisez-le. Vous pouvez continuer s’il est exact.",
            field,
        )
    ]


def check_siret(value: str, field: str = "siret") -> list[Refusal]:
    """Refuse a SIRET of wrong length or check digits (La Poste's exception is known to stdnum)."""
    if not _SIRET_FORM.fullmatch(value):
        message = "Ce numéro SIRET n’a pas la bonne forme : 14 chiffres sont attendus."
    else:
        try:
            siret_number.validate(value)
        except ValidationError:
            message = "Ce numéro SIRET est erroné : sa clé de contrôle ne tombe pas juste. Relisez les 14 chiffres."
        else:
            return []
    return [Refusal("bad_siret", message, field)]
