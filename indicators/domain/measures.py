"""The measures of use: a definition is data, its evaluation exact arithmetic over integers.

Sources: the user's own document, « Le financement à l'usage » (S); convention nationale of 09/03/2022, article IX.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from portal.common.canonical import sha256_of

ENGINE = 1
"""Version of the arithmetic below: a result names it."""


class State(StrEnum):
    """Where a pharmacy stands on a measure for a year."""

    OUTSIDE = "outside"
    NEUTRALISED = "neutralised"
    WAITING = "waiting"
    INCOMPLETE = "incomplete"
    NO_RATE = "no_rate"
    NOT_COMPUTABLE = "not_computable"
    BELOW = "below"
    REACHED = "reached"


STATE_LABELS: Mapping[State, str] = {
    State.OUTSIDE: "Hors période",
    State.NEUTRALISED: "Neutralisé par décision",
    State.WAITING: "En attente d’installation",
    State.INCOMPLETE: "Données incomplètes",
    State.NO_RATE: "Sans taux cette année",
    State.NOT_COMPUTABLE: "Non calculable",
    State.BELOW: "En dessous du seuil",
    State.REACHED: "Seuil atteint",
}


@dataclass(frozen=True)
class Measure:
    """One version of a measure, in force over ``[since, until)``.

    ``percent``: the share to reach, None where there is no rate; ``amount``: euros a year, None where no source states
    it; ``precondition``: nothing is paid at all where it is missed. ``numerator`` and ``denominator`` name counters.
    """

    code: str
    version: int
    title: str
    unit: str
    units: str
    qualified: str
    qualified_many: str
    since: date
    until: date | None
    numerator: str
    denominator: str
    percent: Decimal | None
    amount: Decimal | None
    precondition: bool
    source: str
    confidence: str
    note: str
    advice: str
    software_from: date

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the definition: a result names the one that it follows."""
        return sha256_of({name: _plain(value) for name, value in asdict(self).items()})


@dataclass(frozen=True)
class Facts:
    """What is known of a pharmacy and a year. ``numerator``, ``denominator``: what counts, from the day on which the
    software counts; ``raw``: the same two over the whole year. ``ready_on``: when a référencé software is installed and
    its VA signed, None while it is not. ``missing``: months begun of which no deposit came. ``neutralised``: the
    reference of the decision that sets the year aside."""

    year: int
    numerator: int = 0
    denominator: int = 0
    raw: tuple[int, int] = (0, 0)
    ready_on: date | None = None
    missing: Sequence[str] = ()
    neutralised: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.numerator <= self.denominator:
            raise ValueError(f"{self.numerator} of {self.denominator}: the numerator is a part of the denominator")


@dataclass(frozen=True)
class Result:
    """``rate``: percent floored to two decimals, None where there is none. ``missing``: how many of those that happened
    would have had to qualify; ``ahead``: how many more, all of them qualifying, reach the threshold; None where neither
    has a meaning. ``amount``: what the measure earns, None while unknown or not earned."""

    state: State
    rate: Decimal | None = None
    missing: int | None = None
    ahead: int | None = None
    amount: Decimal | None = None


def measures_from(text: str) -> tuple[Measure, ...]:
    """The measures of a catalogue file. Raises ValueError for a version given twice or periods that overlap."""
    content = tomllib.loads(text)
    found = tuple(_measure(row, content["software_required_from"]) for row in content["measure"])
    for one in found:
        for other in found:
            if one is not other and one.code == other.code and _overlap(one, other):
                raise ValueError(f"{one.code}: versions {one.version} and {other.version} overlap")
    return found


def in_force(measures: Iterable[Measure], year: int) -> list[Measure]:
    """Those that hold for a calendar year of Paris."""
    start, end = date(year, 1, 1), date(year + 1, 1, 1)
    return [one for one in measures if one.since < end and (one.until is None or one.until > start)]


def evaluate(measure: Measure, facts: Facts) -> Result:
    """Where the pharmacy stands. The first state that applies, in this order, is the one told; the figures of a year
    with months missing are given all the same."""
    if not in_force([measure], facts.year):
        return Result(State.OUTSIDE)
    if facts.neutralised:
        return Result(State.NEUTRALISED)
    if measure.percent is None:
        return Result(State.NO_RATE)
    if measure.software_from.year <= facts.year and not _ready(facts):
        return Result(State.WAITING)
    figures = _figures(measure.percent, facts.numerator, facts.denominator)
    if facts.missing:
        return Result(State.INCOMPLETE, *figures)
    if facts.denominator == 0:
        return Result(State.NOT_COMPUTABLE)
    if reached(facts.numerator, facts.denominator, measure.percent):
        return Result(State.REACHED, *figures, amount=measure.amount)
    return Result(State.BELOW, *figures)


def _ready(facts: Facts) -> bool:
    return facts.ready_on is not None and facts.ready_on.year <= facts.year


def reached(numerator: int, denominator: int, percent: Decimal) -> bool:
    """Whether the share is at least ``percent``, without a division."""
    return numerator * 100 >= percent * denominator


def floored(numerator: int, denominator: int) -> Decimal:
    """The rate in percent, floored to two decimals: 34,996 % is 34,99 %, never « 35 % »."""
    return Decimal(numerator * 10_000 // denominator) / 100


def _figures(percent: Decimal, numerator: int, denominator: int) -> tuple[Decimal | None, int | None, int | None]:
    """Rate, missing and ahead."""
    if denominator == 0:
        return None, None, None
    gap, room = percent * denominator - numerator * 100, 100 - percent
    missing = max(int((gap / 100).to_integral_value(ROUND_CEILING)), 0)
    ahead = max(int((gap / room).to_integral_value(ROUND_CEILING)), 0) if room else None
    return floored(numerator, denominator), missing, ahead


def _measure(row: Mapping[str, Any], software_from: date) -> Measure:
    return Measure(
        code=row["code"],
        version=row["version"],
        title=row["title"],
        unit=row["unit"],
        units=row["units"],
        qualified=row["qualified"],
        qualified_many=row["qualified_many"],
        since=row["from"],
        until=row.get("to"),
        numerator=row.get("numerator", ""),
        denominator=row.get("denominator", ""),
        percent=Decimal(row["percent"]) if "percent" in row else None,
        amount=Decimal(row["amount"]) if "amount" in row else None,
        precondition=row.get("precondition", False),
        source=row["source"],
        confidence=row["confidence"],
        note=row["note"],
        advice=row["advice"],
        software_from=software_from,
    )


def _overlap(one: Measure, other: Measure) -> bool:
    starts_before = one.until is None or other.since < one.until
    return starts_before and (other.until is None or one.since < other.until)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int) else str(value)
