"""Reading results. The caller has already checked that the actor may see the pharmacy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from indicators.domain.measures import STATE_LABELS, State
from indicators.models import MeasureResult


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


def results_of(lineage: UUID, year: int) -> list[Standing]:
    """The last revision of each measure of a lineage's year."""
    rows = MeasureResult.objects.filter(lineage=lineage, year=year).order_by("code", "version", "-revision")
    return [Standing(row) for row in rows.distinct("code", "version")]


def _said(value: Any) -> str | None:
    return None if value is None else str(value)
