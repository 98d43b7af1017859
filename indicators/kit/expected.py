"""What a sample must give once it is imported, in plain JSON: from the reference reader and the measures alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from indicators.domain.counters import COUNTERS
from indicators.domain.measures import Measure, evaluate
from indicators.domain.tally import Year, counts_from, facts_of
from indicators.kit.reference import Counts, Reference
from portal.common.clock import paris_date


@dataclass(frozen=True)
class Place:
    """A pharmacy of the sample: its lineage, and the day of the first VA of that lineage."""

    finess: str
    lineage: UUID
    ready_on: date | None


@dataclass(frozen=True)
class Rules:
    """How a year is judged on ``today``: its measures, and the codes set aside with their references."""

    today: date
    measures: Callable[[int], Iterable[Measure]]
    neutralised: Callable[[int], Mapping[str, str]]


def expected(reference: Reference, counts: Counts, results: list[dict[str, Any]]) -> dict[str, Any]:
    """Counts, rejected lines, counters by day, accounts by month, results by year."""
    return {
        "lines": counts.lines,
        "accepted": counts.accepted,
        "duplicates": counts.duplicates,
        "superseded": counts.superseded,
        "cancelled": counts.cancelled,
        "rejects": [{"line": line, "code": code, "column": column} for line, code, column in counts.rejects],
        "daily": [
            {"finess": finess, "day": str(day), **figures}
            for (finess, day), figures in sorted(reference.daily().items())
        ],
        "users": [
            {"finess": finess, "month": str(month), "user_ref": user, "figures": list(figures)}
            for (finess, month, user), figures in sorted(reference.users().items())
        ],
        "results": results,
    }


def results(reference: Reference, places: list[Place], years: Iterable[int], rules: Rules) -> list[dict[str, Any]]:
    """The result of each measure, as ``compute_indicators --json`` names its values, where nothing else was deposited
    for these lineages."""
    found = []
    for place in places:
        lineage = {one.finess for one in places if one.lineage == place.lineage}
        for year in years:
            held = _year(reference, lineage, year, place.ready_on)
            if place.ready_on is None and not any(held.whole.values()):
                continue
            for measure in rules.measures(year):
                found.append({"finess": place.finess, "year": year} | _result(measure, held, rules))
    return sorted(found, key=lambda row: (row["finess"], row["year"], row["code"], row["version"]))


def _year(reference: Reference, lineage: set[str], year: int, ready_on: date | None) -> Year:
    whole, counted = dict.fromkeys(COUNTERS, 0), dict.fromkeys(COUNTERS, 0)
    first = counts_from(year, ready_on) if ready_on else date.max
    for (finess, day), figures in reference.daily().items():
        if finess in lineage and day.year == year:
            for name, count in figures.items():
                whole[name] += count
                counted[name] += count if day >= first else 0
    days = {
        paris_date(line.at) for held in reference.events.values() for line in held.values() if line.finess in lineage
    }
    return Year(year, whole, counted, ready_on, frozenset(day.replace(day=1) for day in days))


def _result(measure: Measure, held: Year, rules: Rules) -> dict[str, Any]:
    facts = facts_of(measure, held, rules.today, rules.neutralised(held.year).get(measure.code, ""))
    result = evaluate(measure, facts)
    return {
        "code": measure.code,
        "version": measure.version,
        "state": result.state.value,
        "numerator": facts.numerator,
        "denominator": facts.denominator,
        "raw_numerator": facts.raw[0],
        "raw_denominator": facts.raw[1],
        "rate": _said(result.rate),
        "threshold": _said(measure.percent),
        "missing": result.missing,
        "ahead": result.ahead,
        "amount": _said(result.amount),
        "months_missing": list(facts.missing),
    }


def _said(value: object) -> str | None:
    return None if value is None else f"{value:.2f}"
