"""The pieces that a pharmacy joins to its INSi dossier, a breach or an alert (compliance facts §1.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.common.patient_numbers import check_file_name, check_free_text
from portal.common.refusals import Refusal

NEAR_DAYS = 60
"""How many days before its end the validity of a piece is told: as long as for a certificate (rule INSI-R06)."""
LONGEST_TITLE, LONGEST_REASON, LONGEST_ROW = 120, 300, 60


STRANGER = Refusal("not_allowed", "Seul un pharmacien de la pharmacie y joint une pièce.")


class Kind(StrEnum):
    """What a piece backs."""

    QUESTION = "question"
    RISK = "risk"
    BREACH = "breach"
    CASE = "case"


IN_DOSSIER = (Kind.QUESTION, Kind.RISK)
"""Those that belong to what is submitted and decided; the others stay with the breach or the alert."""


class Standing(StrEnum):
    """What the validity of a piece is worth on a day."""

    LASTING = "lasting"
    NEAR = "near"
    PAST = "past"


@dataclass(frozen=True)
class Shown:
    """A piece as a snapshot holds it; ``row``: of a risk. No date of deposit, so that the same piece says the same."""

    number: int
    question: str
    row: str
    title: str
    sha256: str
    valid_until: date | None


def ref_of(number: int) -> str:
    """« PJ3 », the same for good: documents of the portal are numbered P apart."""
    return f"PJ{number}"


def standing(valid_until: date | None, today: date) -> Standing:
    """What a piece is worth on a day of Paris; ``valid_until`` is its last day, None for one without an end."""
    if valid_until is None or valid_until > today + timedelta(days=NEAR_DAYS):
        return Standing.LASTING
    return Standing.PAST if valid_until < today else Standing.NEAR


def check_piece(title: str, label: str) -> list[Refusal]:
    """A title is said; neither it nor the name of the file (``label``) holds a patient's number."""
    missing = "Donnez un titre à cette pièce."
    return [
        *check_free_text(title, "title"),
        *check_file_name(label),
        *_check_length(title, "title", LONGEST_TITLE, missing, "Ce titre"),
    ]


def check_withdrawal(reason: str) -> list[Refusal]:
    """A withdrawal says why, without any patient's number."""
    missing = "Dites pourquoi vous retirez cette pièce."
    length = _check_length(reason, "reason", LONGEST_REASON, missing, "Ce motif")
    return check_free_text(reason, "reason") + length


def _check_length(text: str, field: str, most: int, missing: str, name: str) -> list[Refusal]:
    if not text.strip():
        return [Refusal("missing_field", missing, field)]
    if len(text.strip()) > most:
        return [Refusal("too_long", f"{name} dépasse {most} caractères : raccourcissez-le.", field)]
    return []


@dataclass(frozen=True)
class PieceFacts:
    """What may stop an act on a piece: its dossier waits for its decision; ``beyond``: what a mandate leaves out."""

    being_decided: bool = False
    beyond: tuple[Refusal, ...] = ()


def guard_piece(facts: PieceFacts) -> list[Refusal]:
    """The pieces of a dossier stay as they were submitted until its decision; a mandate covers those of its parts."""
    words = (
        "Le dossier attend sa décision : ses pièces ne changent pas pendant ce temps. Décidez, ou rendez le dossier à "
        "remplir, puis recommencez."
    )
    return [Refusal("being_decided", words)] if facts.being_decided else list(facts.beyond)
