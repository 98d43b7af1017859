"""A year of results: provisional, then closed once its declaration is over, then frozen by a decision.

Source of the last days of declaration: PH13-23, WIP, QP-2024, QP-2025 (keys in docs/GLOSSARY.md).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from indicators.domain.lifecycle import FREEZE
from portal.common.canonical import sha256_of
from portal.common.refusals import Refusal

_FOUR_EYES = "Règle des deux personnes : qui propose une décision ne l’approuve pas"


class Stage(StrEnum):
    """How firm the results of a year are."""

    PROVISIONAL = "provisional"
    CLOSED = "closed"
    FROZEN = "frozen"


STAGE_LABELS: Mapping[Stage, str] = {
    Stage.PROVISIONAL: "Provisoire",
    Stage.CLOSED: "Clôturé",
    Stage.FROZEN: "Figé",
}


@dataclass(frozen=True)
class Closing:
    """The last day (Paris) on which a year can be declared; ``sure`` where a source states it."""

    year: int
    last_day: date
    sure: bool
    source: str


def closings_from(text: str) -> tuple[Closing, ...]:
    """The closings that a catalogue file states."""
    rows = tomllib.loads(text).get("declaration", ())
    return tuple(Closing(row["year"], row["last_day"], row["confidence"] == "C", row["source"]) for row in rows)


def closing_of(closings: Iterable[Closing], year: int) -> Closing:
    """The closing of a year: as stated, or the end of February of the year after, « à confirmer »."""
    for one in closings:
        if one.year == year:
            return one
    return Closing(year, date(year + 1, 3, 1) - timedelta(days=1), False, "par analogie avec les années connues")


def stage_of(closing: Closing, today: date, *, frozen: bool) -> Stage:
    """How firm the results are on ``today``: the last day of declaration still belongs to the provisional ones."""
    if frozen:
        return Stage.FROZEN
    return Stage.CLOSED if today > closing.last_day else Stage.PROVISIONAL


Pinned = tuple[str, str, int, int, str, str]
"""Lineage, code, version, revision, SHA-256 of the definition, SHA-256 of the input."""


def manifest(rows: Iterable[Pinned]) -> str:
    """The SHA-256 that pins the results of a frozen year, whatever the order in which they are read."""
    return sha256_of([list(row) for row in sorted(rows)])


@dataclass(frozen=True)
class DecisionFacts:
    """What decides whether a decision about a year may be proposed or approved. ``standing``: one of the same kind,
    year and indicator is proposed or decided already; ``codes``: the indicators of that year."""

    today: date
    kind: str
    code: str
    codes: frozenset[str]
    closing: Closing
    standing: bool = False
    actor_id: int | None = None
    proposed_by: int | None = None


def guard_propose(facts: DecisionFacts) -> list[Refusal]:
    """A year that is closed where it is to be frozen, an indicator of that year where it is to be neutralised, once."""
    found = _fit(facts)
    if facts.standing:
        found.append(
            Refusal(
                "already",
                f"Cette décision est déjà proposée ou prise pour {facts.closing.year}. Ouvrez-la dans la liste.",
                "year",
            )
        )
    return found


def guard_decide(facts: DecisionFacts) -> list[Refusal]:
    """By a second person, under the same conditions."""
    if facts.actor_id is not None and facts.actor_id == facts.proposed_by:
        return [
            Refusal(
                "same_person",
                "Vous avez proposé cette décision : une autre personne, valideuse, doit l’approuver. Demandez-le à un "
                "collègue.",
                legal_ref=_FOUR_EYES,
            )
        ]
    return _fit(facts)


def _fit(facts: DecisionFacts) -> list[Refusal]:
    year = facts.closing.year
    if facts.kind == FREEZE:
        if facts.today > facts.closing.last_day:
            return []
        return [
            Refusal(
                "not_closed",
                f"L’année {year} peut être déclarée jusqu’au {facts.closing.last_day:%d/%m/%Y} inclus : elle ne peut "
                "être figée qu’ensuite. Attendez cette date.",
                "year",
            )
        ]
    if facts.code in facts.codes:
        return []
    known = ", ".join(sorted(facts.codes)) or "aucun"
    return [
        Refusal(
            "unknown_indicator",
            f"Cet indicateur n’existe pas en {year} (indicateurs de l’année : {known}). Choisissez-en un autre, ou "
            "une autre année.",
            "code",
        )
    ]
