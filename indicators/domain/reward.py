"""What a year earns: the sum of what is reached, held back while a precondition of the year is missed.

Source: CONV, article IX, and FSPF14 (keys in docs/GLOSSARY.md): where one condition fails, nothing at all is paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from indicators.domain.explain import percent
from indicators.domain.measures import STATE_LABELS, Measure, State
from portal.common.money import euros

FULFILLED = frozenset({State.REACHED, State.NEUTRALISED})
"""A precondition holds nothing back where it is reached, or set aside by decision."""


class Given(NamedTuple):
    """A result: ``rate`` in percent, ``amount`` in euros; None where there is none."""

    state: State
    rate: Decimal | None = None
    amount: Decimal | None = None


class Missed(NamedTuple):
    """A precondition of the year that is not fulfilled. ``given``: None where it was never computed."""

    measure: Measure
    given: Given | None


@dataclass(frozen=True)
class Reward:
    """``amount``: the sum of the thresholds reached, None where nothing is; ``missed``: what holds it back."""

    amount: Decimal | None = None
    missed: tuple[Missed, ...] = ()

    @property
    def earned(self) -> Decimal | None:
        """The sum, where nothing holds it back."""
        return None if self.missed else self.amount

    @property
    def conditional(self) -> Decimal | None:
        """The sum, where something does."""
        return self.amount if self.missed else None

    @property
    def held_by(self) -> list[str]:
        """The codes of what holds it back."""
        return [one.measure.code for one in self.missed]

    @property
    def conditions(self) -> str:
        """The names of what holds it back, « E-prescription (ville) »."""
        return ", ".join(f"« {one.measure.title} »" for one in self.missed)

    @property
    def held(self) -> str:
        """What is missing, what it holds back and what to do; empty where nothing is held back."""
        if not self.missed:
            return ""
        some = len(self.missed) > 1
        which = ", ".join(f"« {one.measure.title} » ({_where(one)})" for one in self.missed)
        sum_of = f" Seuils atteints, sous condition : {euros(self.amount)}." if self.amount is not None else ""
        return (
            f"Rien n’est acquis à ce jour : toute la rémunération de l’année dépend de {which}, condition"
            f"{'s' if some else ''} qui n’{'ont pas été remplies' if some else 'est pas remplie'}.{sum_of} Voyez à "
            f"{'ces indicateurs' if some else 'cet indicateur'} ce qui manque et que faire."
        )


def preconditions(measures: Iterable[Measure]) -> list[Measure]:
    """Those of a year without which nothing is paid."""
    return [one for one in measures if one.precondition]


def reward_of(measures: Iterable[Measure], results: Mapping[str, Given]) -> Reward:
    """What the results of a year earn, by the code of their measure. ``measures``: all those of the year."""
    amounts = [one.amount for one in results.values() if one.amount is not None]
    found = [Missed(one, results.get(one.code)) for one in preconditions(measures)]
    missed = tuple(one for one in found if one.given is None or one.given.state not in FULFILLED)
    return Reward(sum(amounts, Decimal(0)) if amounts else None, missed)


def _where(one: Missed) -> str:
    """« en dessous du seuil : 12 % pour 70 % »."""
    if one.given is None:
        return "pas encore calculée"
    label = STATE_LABELS[one.given.state].lower()
    if one.given.rate is None or one.measure.percent is None:
        return label
    return f"{label} : {percent(one.given.rate)} pour {percent(one.measure.percent)}"
