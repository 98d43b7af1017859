"""How long a decision holds, and what that means on a day (compliance facts §1.6, §1.7). Days are those of Paris."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from dateutil.relativedelta import relativedelta

DURATIONS = (6, 12, 24, 36)
"""Months that the database admits; those that may be chosen are terms of the programme (``domain.terms``)."""
SOON = timedelta(days=90)


class Validity(StrEnum):
    """What a decision is worth on a day."""

    TO_COME = "to_come"
    RUNNING = "running"
    ENDING = "ending"
    ENDED = "ended"

    @property
    def label(self) -> str:
        """The French words."""
        return VALIDITY_LABELS[self]


VALIDITY_LABELS = {
    Validity.TO_COME: "À venir",
    Validity.RUNNING: "En cours",
    Validity.ENDING: "Expire bientôt",
    Validity.ENDED: "Expirée",
}


def months_after(day: date, months: int) -> date:
    """The same day so many months later, clipped to the end of the month (31 August + 6 months: 28 February)."""
    later: date = day + relativedelta(months=months)
    return later


def validity_at(day: date, valid_from: date, valid_until: date) -> Validity:
    """What ``[valid_from, valid_until)`` is worth on ``day``; no worker has to run for it."""
    if day < valid_from:
        return Validity.TO_COME
    if day >= valid_until:
        return Validity.ENDED
    return Validity.ENDING if day >= valid_until - SOON else Validity.RUNNING


def is_valid(day: date, valid_from: date, valid_until: date) -> bool:
    """Whether the decision holds on ``day``; one that ends soon still does."""
    return valid_from <= day < valid_until
