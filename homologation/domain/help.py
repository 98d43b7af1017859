"""Rules on what is written in a request for help, and who may see how it stands."""

from __future__ import annotations

from homologation.domain.answers import MOST_CHARACTERS
from portal.common.patient_numbers import check_free_text
from portal.common.refusals import Refusal


def check_message(text: str) -> list[Refusal]:
    """A message says something, not too long, and no patient's number."""
    if not text.strip():
        return [Refusal("missing_text", "Écrivez votre message.", "text")]
    if len(text) > MOST_CHARACTERS:
        return [Refusal("too_long", f"Ce message est trop long : {MOST_CHARACTERS} caractères au plus.", "text")]
    return check_free_text(text, "text")
