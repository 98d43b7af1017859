"""The right to object of a supplier whose order was replaced while its works were under way.

Source: lifecycle facts §2 (« right to object 10 d if installation started »), IND-2505 (ten working days).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

import holidays

from orders.domain.lifecycle import REALISED
from orders.domain.limits import french_day
from portal.common.clock import end_of_paris_day, last_day_before, paris_date
from portal.common.refusals import Refusal

WORKING_DAYS = 10


@lru_cache(maxsize=8)
def _public_holidays(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("FR", years=year)


def objection_until(replaced_at: datetime) -> datetime:
    """The first instant too late to object: after the tenth working day that follows the replacement (Paris)."""
    day, counted = paris_date(replaced_at), 0
    while counted < WORKING_DAYS:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in _public_holidays(day.year):
            counted += 1
    return end_of_paris_day(day)


def check_objection(now: datetime, until: datetime, raised_at: datetime | None, ground: str) -> list[Refusal]:
    """Raised once, in time, with a ground."""
    if raised_at is not None:
        return [Refusal("already_objected", "Vous avez déjà contesté ce remplacement : l’administration l’examine.")]
    if now >= until:
        last = french_day(last_day_before(until))
        return [Refusal("objection_late", f"Le délai pour contester ce remplacement est passé depuis le {last}.")]
    if not ground.strip():
        return [Refusal("missing_field", "Dites pourquoi vous contestez le remplacement.", "ground")]
    return []


def may_object(now: datetime, until: datetime, raised_at: datetime | None) -> list[Refusal]:
    """Raised once and in time: what decides whether the page is offered."""
    return check_objection(now, until, raised_at, "to be written")


def may_settle(raised_at: datetime | None, settled_at: datetime | None) -> list[Refusal]:
    """There is an objection that nobody has settled yet."""
    if raised_at is None:
        return [Refusal("nothing_raised", "Le fournisseur n’a pas contesté ce remplacement.")]
    if settled_at is not None:
        return [Refusal("already_settled", "Cette contestation est déjà tranchée.")]
    return []


def check_settlement(*, outcome: str, answer: str, new_state: str, engaged_elsewhere: bool) -> list[Refusal]:
    """In writing; upheld only while the new order is not realised and no third one has taken its place."""
    refusals = []
    if outcome not in ("rejected", "upheld"):
        refusals.append(Refusal("bad_outcome", "Choisissez la suite donnée à la contestation.", "outcome"))
    if outcome == "upheld" and new_state == REALISED:
        words = "La nouvelle commande est déjà réalisée : le remplacement ne peut plus être défait."
        refusals.append(Refusal("new_realised", words, "outcome"))
    elif outcome == "upheld" and engaged_elsewhere:
        words = "La pharmacie s’est engagée depuis par une autre commande : l’ancienne ne peut plus être rétablie."
        refusals.append(Refusal("engaged_elsewhere", words, "outcome"))
    if not answer.strip():
        refusals.append(Refusal("missing_field", "Motivez votre décision par écrit.", "answer"))
    return refusals
