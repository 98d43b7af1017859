"""The end of a role: why, and from which instant."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from portal.common.clock import paris_date, start_of_paris_day
from portal.common.refusals import Refusal

END_REASONS: dict[str, str] = {
    "left": "Départ de la structure",
    "sold": "Cession ou fermeture de l’officine",
    "asked": "Demande de la personne",
    "mistake": "Rattachement fait par erreur",
    "misuse": "Usage suspect du compte",
}
LAST_TITULAIRE = (
    "Cette personne est le dernier titulaire de cette pharmacie : plus personne ne pourrait y signer. Rattachez "
    "d’abord le nouveau titulaire, ou cochez la case si la pharmacie n’en a plus."
)


def end_instant(last_day: date, now: datetime) -> datetime:
    """From when the role is no more: the day after its last one; at once where that day is today or over.

    What was done until now stays done: nothing is taken back by a date in the past.
    """
    if last_day <= paris_date(now):
        return now
    return start_of_paris_day(last_day + timedelta(days=1))


def check_end(*, since: datetime, until: datetime | None, last_day: date, reason: str, now: datetime) -> list[Refusal]:
    """Refuse an unknown reason, a role that has ended, and a last day before its first one."""
    refusals = []
    if reason not in END_REASONS:
        refusals.append(Refusal("bad_reason", "Choisissez le motif dans la liste.", "reason"))
    if until is not None and until <= now:
        refusals.append(Refusal("already_ended", "Cette fonction a déjà pris fin : rechargez la page."))
    elif last_day < paris_date(since) or end_instant(last_day, now) <= since:
        first = f"{paris_date(since):%d/%m/%Y}"
        words = (
            f"Cette fonction commence le {first} : elle ne peut pas finir avant. Donnez un jour à partir du {first}."
        )
        refusals.append(Refusal("before_start", words, "last_day"))
    return refusals
