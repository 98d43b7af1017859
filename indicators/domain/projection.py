"""Where a rate may stand on 31 December, from the whole months known: an estimate, simple enough to say in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from indicators.domain.measures import floored
from indicators.domain.tally import counts_from, next_month

ENOUGH, RECENT = 3, 3
"""No estimate before so many whole months; the coming ones resemble so many last ones."""


@dataclass(frozen=True)
class Projection:
    """``rate``: percent on 31 December, floored to two decimals; ``low`` and ``high``: its range.

    ``used``: whole months known; ``left``: months to come, or of which no deposit came.
    """

    rate: Decimal
    low: Decimal
    high: Decimal
    used: int
    left: int


Counts = Mapping[date, tuple[int, int]]
"""Numerator and denominator by first day of the month; months without a deposit are not there."""


def project(
    counts: Counts, year: int, ready_on: date | None, today: date, ended_on: date | None = None
) -> Projection | None:
    """The months to come (and those without a deposit) as the mean of the last three whole ones; the range takes the
    lowest and the highest monthly rate instead. None without software, with too few months, or when none is left;
    ``ended_on``: nothing comes after it."""
    if ready_on is None or ready_on.year > year:
        return None
    start = counts_from(year, ready_on)
    last = min(date(year, 12, 31), ended_on or date.max)
    due = [month for number in range(1, 13) if start <= (month := date(year, number, 1)) <= last]
    known = [counts[month] for month in due if next_month(month) <= today and counts.get(month, (0, 0))[1]]
    left = len(due) - len(known)
    if len(known) < ENOUGH or not left:
        return None
    recent = known[-RECENT:]
    volume = Fraction(sum(whole for _, whole in recent), len(recent)) * left
    rates = [Fraction(part, whole) for part, whole in known]
    usual = Fraction(sum(part for part, _ in recent), sum(whole for _, whole in recent))
    done = sum(part for part, _ in known), sum(whole for _, whole in known)
    low, rate, high = (_at_the_end(done, volume, one) for one in (min(rates), usual, max(rates)))
    return Projection(rate, low, high, len(known), left)


def _at_the_end(done: tuple[int, int], volume: Fraction, rate: Fraction) -> Decimal:
    part, whole = done[0] + volume * rate, done[1] + volume
    return floored(part.numerator * whole.denominator, part.denominator * whole.numerator)


def method(found: Projection) -> str:
    """How the estimate is made, in words."""
    coming = f"les {found.left} mois qui manquent ressemblent" if found.left > 1 else "le mois qui manque ressemble"
    return (
        f"Calculé sur vos {found.used} mois entiers connus, en supposant que {coming} à la moyenne des {RECENT} "
        "derniers. La fourchette prend, pour ces mois, votre plus faible et votre meilleur taux mensuel."
    )
