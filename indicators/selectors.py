"""Reading results. The caller has already checked that the actor may see the pharmacy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncMonth

from indicators.domain.counters import COUNTERS
from indicators.domain.measures import STATE_LABELS, State
from indicators.models import DailyCounter, MeasureResult
from portal.accounts.actors import Actor
from portal.registry.models import Lineage


@dataclass(frozen=True)
class Standing:
    """The result that stands, with its state in words."""

    result: MeasureResult

    @property
    def label(self) -> str:
        """The French words of its state."""
        return STATE_LABELS[State(self.result.state)]

    def as_json(self) -> dict[str, Any]:
        """The plain values: decimals as strings, null where unknown."""
        one = self.result
        decimals = {name: _said(getattr(one, name)) for name in ("rate", "threshold", "amount")}
        names = ("code", "version", "revision", "state", "numerator", "denominator", "raw_numerator", "raw_denominator")
        plain = {name: getattr(one, name) for name in (*names, "missing", "ahead", "months_missing", "closed")}
        return {**plain, **decimals, "label": self.label, "definition": one.definition, "input": one.input}


def results_of(lineage: Lineage | UUID, year: int) -> list[Standing]:
    """The last revision of each measure of a lineage's year."""
    rows = MeasureResult.objects.filter(lineage=lineage, year=year).order_by("code", "version", "-revision")
    return [Standing(row) for row in rows.distinct("code", "version")]


def _counters(row: Mapping[str, Any]) -> dict[str, int]:
    return {name: row[f"sum_{name}"] for name in COUNTERS}


def _said(value: Any) -> str | None:
    return None if value is None else str(value)


@dataclass(frozen=True)
class Month:
    """The counters of one month of a lineage; ``first`` is its first day."""

    first: date
    counters: Mapping[str, int]


def lineages_of(actor: Actor) -> QuerySet[Lineage]:
    """The lineage of the actor's own pharmacy; nothing for anybody who is not of one."""
    return Lineage.objects.filter(pharmacies__organisation=actor.tenant).distinct()


def months_of(lineage: Lineage, year: int) -> list[Month]:
    """The twelve months of a year of Paris, those without a line too."""
    rows = (
        DailyCounter.objects.filter(pharmacy__lineage=lineage, day__year=year)
        .annotate(first=TruncMonth("day"))
        .order_by("first")
        .values("first")
        .annotate(**{f"sum_{name}": Sum(name) for name in COUNTERS})
    )
    found = {row["first"]: _counters(row) for row in rows}
    months = [date(year, number, 1) for number in range(1, 13)]
    return [Month(first, found.get(first, {})) for first in months]
