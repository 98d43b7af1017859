"""What the decisions about a year mean for its computation."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from indicators.domain.lifecycle import DECIDED, FREEZE, NEUTRALISE
from indicators.models import DepositCell, MeasureResult, YearDecision

_KEY = "lineage_id", "code", "version"


@dataclass(frozen=True)
class Frozen:
    """A frozen year; ``known``: the sequence of the last deposit that it counts, by supplier."""

    year: int
    known: dict[str, int]

    def results(self, lineages: Collection[UUID]) -> dict[tuple[UUID, str, int], int]:
        """The frozen result of each lineage, indicator and version, by its id."""
        rows = MeasureResult.objects.filter(year=self.year, lineage__in=lineages, regularisation=False)
        last = rows.order_by(*_KEY, "-revision").distinct(*_KEY).values_list(*_KEY, "pk")
        return {(lineage, code, version): pk for lineage, code, version, pk in last}

    def deposits_since(self, lineages: Collection[UUID]) -> dict[UUID, list[str]]:
        """The deposits that touched the year of each lineage since it was frozen, by id, in order."""
        cells = DepositCell.objects.filter(pharmacy__lineage__in=lineages, month__year=self.year)
        rows = cells.order_by("deposit__sequence", "deposit_id").values_list(
            "pharmacy__lineage", "deposit_id", "deposit__supplier_id", "deposit__sequence"
        )
        found: dict[UUID, list[str]] = {}
        for lineage, deposit, supplier, sequence in rows.distinct():
            if (sequence or 0) > self.known.get(str(supplier), 0):
                found.setdefault(lineage, []).append(str(deposit))
        return found


def frozen_year(year: int) -> Frozen | None:
    """The freeze of a year, once decided."""
    known = YearDecision.objects.filter(kind=FREEZE, year=year, state=DECIDED).values_list("known", flat=True).first()
    return None if known is None else Frozen(year, known)


def neutralised_codes(year: int) -> dict[str, str]:
    """The indicators that a decision sets aside for a year, with the reference of that decision."""
    rows = YearDecision.objects.filter(kind=NEUTRALISE, year=year, state=DECIDED)
    return dict(rows.values_list("code", "reference"))
