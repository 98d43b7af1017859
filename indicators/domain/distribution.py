"""Many pharmacies on one measure: how their rates are spread, by department, and who is just below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from indicators.domain.measures import State

BIN = 5
"""Percent points of one step of the distribution."""


class Place(NamedTuple):
    """One pharmacy's standing on the measure; ``rate`` in percent, None where there is none; ``amount`` in euros, as if
    nothing held it back. ``held``: a precondition of the year is missed."""

    finess: str
    name: str
    city: str
    department: str
    state: str
    numerator: int
    denominator: int
    rate: Decimal | None
    missing: int | None
    amount: Decimal | None
    months_missing: Sequence[str] = ()
    held: bool = False

    @property
    def earned(self) -> Decimal | None:
        """The amount, where nothing holds it back."""
        return None if self.held else self.amount

    @property
    def conditional(self) -> Decimal | None:
        """The amount, where a precondition does."""
        return self.amount if self.held else None


@dataclass(frozen=True)
class Step:
    """How many pharmacies have a rate in ``[low, high)`` percent; the last step holds 100 too."""

    low: int
    high: int
    count: int


@dataclass(frozen=True)
class Department:
    """``rated``: pharmacies with a rate; ``reached``: those at the threshold; ``rate``: over all that they counted."""

    code: str
    places: int
    rated: int
    reached: int
    rate: Decimal | None

    @property
    def share(self) -> int:
        """Reached, in whole percent of its pharmacies with a rate; 0 where there is none."""
        return self.reached * 100 // self.rated if self.rated else 0


def spread(places: Iterable[Place]) -> list[Step]:
    """The rates by steps of ``BIN`` points, empty steps too."""
    counts = [0] * (100 // BIN)
    for one in places:
        if one.rate is not None:
            counts[min(int(one.rate) // BIN, len(counts) - 1)] += 1
    return [Step(at * BIN, at * BIN + BIN, count) for at, count in enumerate(counts)]


def by_department(places: Iterable[Place]) -> list[Department]:
    """Each department, by its code."""
    groups: dict[str, list[Place]] = defaultdict(list)
    for one in places:
        groups[one.department].append(one)
    return [_department(code, group) for code, group in sorted(groups.items())]


def _department(code: str, group: list[Place]) -> Department:
    rated = [one for one in group if one.rate is not None]
    whole = sum(one.denominator for one in rated)
    rate = Decimal(sum(one.numerator for one in rated) * 10_000 // whole) / 100 if whole else None
    return Department(code, len(group), len(rated), sum(one.missing == 0 for one in rated), rate)


def just_below(places: Iterable[Place]) -> list[Place]:
    """Who misses the fewest first, as counted; pharmacies still waiting for months too."""
    found = [one for one in places if one.missing and one.state in (State.BELOW, State.INCOMPLETE)]
    return sorted(found, key=lambda one: (one.missing or 0, -(one.rate or 0), one.finess))
