"""What a titulaire can do about a measure, the most useful first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from indicators.domain.explain import NBSP, percent
from indicators.domain.measures import Measure, State
from portal.ui.formats import MONTHS


@dataclass(frozen=True)
class Situation:
    """Where a pharmacy stands. ``rates``: percent by first day of each month with a count, in order; ``missing``:
    months without a deposit, as ``2023-03``; ``ended_on``: the last day awaited, None while there is none."""

    measure: Measure
    state: State
    ahead: int | None
    missing: Sequence[str]
    rates: Sequence[tuple[date, Decimal]]
    year: int
    today: date
    ended_on: date | None = None


def advice(one: Situation) -> list[str]:
    """What to do, in order; empty where nothing can be done."""
    if one.state in (State.OUTSIDE, State.NEUTRALISED):
        return []
    found = []
    if one.state is State.WAITING:
        found.append("Convenez de l’installation avec votre fournisseur, puis signez la VA : rien ne compte avant.")
    if one.missing:
        words = ", ".join(month_of(month) for month in one.missing)
        found.append(f"Demandez à votre fournisseur de déposer le journal de : {words}.")
    if pace := _pace(one):
        found.append(pace)
    if drop := _drop(one):
        found.append(drop)
    return [*found, one.measure.advice]


def month_of(text: str) -> str:
    """« 2023-03 » as « mars 2023 »."""
    return f"{MONTHS[int(text[5:7]) - 1]} {text[:4]}"


def _pace(one: Situation) -> str:
    """How many until the end of the year, by day where they are many; nothing where a pharmacy ends before."""
    if one.ended_on is not None and one.ended_on.year <= one.year:
        return ""
    days = (date(one.year, 12, 31) - one.today).days + 1
    if not one.ahead or one.state not in (State.BELOW, State.INCOMPLETE) or not 0 < days <= 366:
        return ""
    left = f"Il reste {days}{NBSP}jours avant la fin de l’année" if days > 1 else "C’est le dernier jour de l’année"
    if one.ahead <= days:
        return f"{left} : il en suffit de {one.ahead} d’affilée."
    each = int((Decimal(one.ahead) / days).to_integral_value(ROUND_CEILING))
    return f"{left} : comptez {each}{NBSP}par jour, d’affilée."


def _drop(one: Situation) -> str:
    """The last month is lower than the one before it, and under the threshold."""
    if len(one.rates) < 2 or one.measure.percent is None:
        return ""
    (_, before), (month, last) = one.rates[-2:]
    if last >= before or last >= one.measure.percent:
        return ""
    return (
        f"Votre taux a baissé en {MONTHS[month.month - 1]} ({percent(last)} après {percent(before)}) : ouvrez "
        "« Pourquoi » pour voir quels jours."
    )
