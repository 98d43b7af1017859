"""What looks odd in the counters, as questions to whoever may explain it: never a verdict, never an effect on a result.

A pharmacy may have good reasons for each: a series used twice by a test, a date of installation typed late, a campaign
in December, a software that stamps a whole day at night.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from indicators.domain.advice import month_of
from indicators.domain.measures import Measure, reached
from portal.common.canonical import sha256_of

TWINS, OUTSIDE, DECEMBER, SECOND = "twins", "outside", "december", "second"
KINDS: Mapping[str, str] = {
    TWINS: "Deux pharmacies ont la même activité",
    OUTSIDE: "Activité avant l’installation ou après la fermeture",
    DECEMBER: "Seuil atteint de justesse en décembre",
    SECOND: "Activité concentrée en une seconde",
}

TWIN_DAYS, TWIN_EVENTS = 10, 50
"""Under so many days or events in the month, two pharmacies may well count the same."""
SECOND_EVENTS, SECOND_SHARE = 20, 90
"""So many events in one second, and this share (percent) of the month, are worth a question."""


@dataclass(frozen=True)
class Oddity:
    """One question to ask. ``facts``: the figures behind it, without personal data; ``other``: the second of a pair."""

    kind: str
    year: int
    place: str
    supplier: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    other: str = ""

    @property
    def digest(self) -> str:
        """The SHA-256 of what it says: the same figures never ask twice."""
        return sha256_of({"kind": self.kind, "year": self.year, "facts": dict(self.facts), "other": self.other})


@dataclass(frozen=True)
class Series:
    """The counters of one pharmacy, day by day, over one month. ``digest``: of all of them; ``events``: their sum."""

    place: str
    supplier: str
    month: date
    digest: str
    days: int
    events: int


def twins(series: Iterable[Series]) -> list[Oddity]:
    """Pharmacies whose counters are the same every day of a month: each asked about the next."""
    groups: dict[tuple[date, str], list[Series]] = defaultdict(list)
    for one in series:
        if one.days >= TWIN_DAYS and one.events >= TWIN_EVENTS:
            groups[one.month, one.digest].append(one)
    found = []
    for group in groups.values():
        for one, other in pairwise(sorted(group, key=lambda each: (each.place, each.supplier))):
            if one.place != other.place:
                facts = {"month": f"{one.month:%Y-%m}", "days": one.days, "events": one.events}
                found.append(Oddity(TWINS, one.month.year, one.place, one.supplier, facts, other.place))
    return found


@dataclass(frozen=True)
class Life:
    """When a pharmacy counted through a supplier's software in a year, and between which days it could.

    ``first``: the first day of a use that needs the software of the programme (None: no such day), since the log of an
    older version may well start before; ``last``: the last day of any. ``installed``: when that software was;
    ``closed``: when the pharmacy closed; None where not known.
    """

    place: str
    supplier: str
    year: int
    first: date | None
    last: date
    installed: date | None
    closed: date | None


def outside_life(lives: Iterable[Life]) -> list[Oddity]:
    """Activity before the day of the installation, or after that of the closing; both days themselves are fine."""
    found = []
    for one in lives:
        facts: dict[str, str] = {}
        if one.installed is not None and one.first is not None and one.first < one.installed:
            facts |= {"first": str(one.first), "installed": str(one.installed)}
        if one.closed is not None and one.last > one.closed:
            facts |= {"last": str(one.last), "closed": str(one.closed)}
        if facts:
            found.append(Oddity(OUTSIDE, one.year, one.place, one.supplier, facts))
    return found


@dataclass(frozen=True)
class Finish:
    """A measure of a pharmacy at the end of November and of December: (numerator, denominator) since 1 January."""

    place: str
    supplier: str
    year: int
    november: tuple[int, int]
    december: tuple[int, int]


def just_reached_in_december(measure: Measure, finishes: Iterable[Finish]) -> list[Oddity]:
    """Below at the end of November, or nothing counted yet, and at the end of the year reached with nothing to spare:
    one fewer would miss."""
    if measure.percent is None:
        return []
    return [
        Oddity(
            DECEMBER,
            one.year,
            one.place,
            one.supplier,
            {"measure": measure.code, "november": list(one.november), "december": list(one.december)},
        )
        for one in finishes
        if _just(one, measure.percent)
    ]


def _just(one: Finish, percent: Decimal) -> bool:
    numerator, denominator = one.december
    return (
        denominator > 0
        and reached(numerator, denominator, percent)
        and not reached(numerator - 1, denominator, percent)
        and not (one.november[1] and reached(*one.november, percent))
    )


@dataclass(frozen=True)
class Burst:
    """The busiest second of a pharmacy's month: ``events`` in it, of ``total`` in the month."""

    place: str
    supplier: str
    month: date
    events: int
    total: int


def one_second(bursts: Iterable[Burst]) -> list[Oddity]:
    """Nearly everything of a month in one second."""
    return [
        Oddity(
            SECOND,
            one.month.year,
            one.place,
            one.supplier,
            {"month": f"{one.month:%Y-%m}", "events": one.events, "total": one.total},
        )
        for one in bursts
        if one.events >= SECOND_EVENTS and one.events * 100 >= SECOND_SHARE * one.total
    ]


def question(kind: str, facts: Mapping[str, Any], place: str, other: str = "") -> str:
    """What is asked, in words; ``place`` and ``other`` are the names of the pharmacies."""
    month = month_of(facts["month"]) if "month" in facts else ""
    if kind == TWINS:
        return (
            f"En {month}, {place} et {other} ont exactement les mêmes chiffres, jour après jour, sur {facts['days']} "
            f"jours ({facts['events']} évènements). Pouvez-vous dire pourquoi ?"
        )
    if kind == SECOND:
        return (
            f"En {month}, {facts['events']} des {facts['total']} évènements de {place} portent la même seconde. "
            "S’agit-il d’un traitement en lot ?"
        )
    if kind == DECEMBER:
        (part, whole), (last, total) = facts["november"], facts["december"]
        before = f"était sous le seuil fin novembre ({part} sur {whole})" if whole else "ne comptait rien fin novembre"
        return (
            f"Pour {place}, l’indicateur {facts['measure']} {before} et atteint tout juste le seuil fin décembre "
            f"({last} sur {total}). Qu’est-ce qui l’explique ?"
        )
    found = []
    if "installed" in facts:
        found.append(f"dès le {_day(facts['first'])}, avant l’installation du {_day(facts['installed'])}")
    if "closed" in facts:
        found.append(f"jusqu’au {_day(facts['last'])}, après la fermeture du {_day(facts['closed'])}")
    return f"Des usages de {place} sont comptés {' et '.join(found)}. Une date est-elle à corriger ?"


def _day(text: str) -> str:
    return f"{date.fromisoformat(text):%d/%m/%Y}"
