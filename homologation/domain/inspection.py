"""The link by which an inspector reads one dossier: for whom, why, how long. Machine time, as all tokens."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from portal.common.patient_numbers import check_free_text
from portal.common.refusals import Refusal

DAYS = (1, 3, 7, 15, 30)
"""The lengths admitted, the last is the database's bound; those offered are terms of the programme."""
MOST_DAYS = max(DAYS)
OPENINGS_KEPT = "1 year"
"""How long it stays known from which address a link was opened (CNIL: six months to a year for such logs)."""


class Opened(StrEnum):
    """What a link gives to read."""

    PAGE = "page"
    PDF = "pdf"
    ZIP = "zip"
    PIECE = "piece"

    @property
    def label(self) -> str:
        """The French words."""
        return _LABELS[self]


_LABELS = {
    Opened.PAGE: "Page du dossier",
    Opened.PDF: "PDF du dossier",
    Opened.ZIP: "Archive ZIP",
    Opened.PIECE: "Une pièce",
}


def check_link(recipient: str, reason: str, days: int, admitted: Collection[int] = DAYS) -> list[Refusal]:
    """A link says for whom and why, in words without any patient's number, for a known length."""
    refusals = check_free_text(recipient, "recipient") + check_free_text(reason, "reason")
    if not recipient.strip():
        refusals.append(Refusal("missing_field", "Dites pour qui : nom ou fonction, et organisme.", "recipient"))
    if not reason.strip():
        refusals.append(Refusal("missing_field", "Dites en quelques mots pourquoi.", "reason"))
    if days not in admitted:
        words = ", ".join(map(str, admitted))
        refusals.append(Refusal("bad_duration", f"Choisissez une durée parmi {words} jours.", "days"))
    return refusals


def expiry(created_at: datetime, days: int) -> datetime:
    """The instant from which a link made at ``created_at`` opens nothing any more."""
    return created_at + timedelta(days=days)


def is_open(now: datetime, expires_at: datetime, revoked_at: datetime | None) -> bool:
    """Whether a link still opens its dossier."""
    return revoked_at is None and now < expires_at
