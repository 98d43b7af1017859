"""The risk matrix: a level is always computed from gravity and likelihood, never typed (compliance facts §1.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homologation.domain.questions import ROW, Matrix

HIGH = "fort"
"""The code of the level that asks for measures, or for a written acceptance."""
RISKS = "s3.risques"


def level(matrix: Matrix, gravity: str, likelihood: str) -> str:
    """The code of the level of a risk. Raises ValueError for a word that is not on the scale."""
    return matrix.grid[matrix.scale.index(gravity)][matrix.scale.index(likelihood)]


def rank(matrix: Matrix, code: str) -> int:
    """The place of a level, 0 for the lowest: ``levels`` go from the lowest to the highest."""
    return list(matrix.levels).index(code)


def is_monotone(matrix: Matrix) -> bool:
    """Whether a graver or likelier risk is never of a lower level."""
    ranks = [[rank(matrix, code) for code in line] for line in matrix.grid]
    lines = [*ranks, *map(list, zip(*ranks, strict=True))]
    return all(line == sorted(line) for line in lines)


@dataclass(frozen=True)
class Risk:
    """One row of the table with its levels; None where a word is missing. ``residual``: once the measures are taken."""

    row: str
    label: str
    measures: str
    gross: str | None
    residual: str | None
    accepted: str

    @property
    def final(self) -> str | None:
        """The level that is left: the residual one, or the gross one where none is said."""
        return self.residual or self.gross


def read_risk(matrix: Matrix, row: Mapping[str, Any]) -> Risk:
    """A row as typed, with its levels computed."""
    return Risk(
        row=str(row.get(ROW, "")),
        label=str(row.get("risque") or ""),
        measures=str(row.get("mesures") or "").strip(),
        gross=_level(matrix, row.get("gravite"), row.get("vraisemblance")),
        residual=_level(matrix, row.get("gravite_residuelle"), row.get("vraisemblance_residuelle")),
        accepted=str(row.get("acceptation") or "").strip(),
    )


def _level(matrix: Matrix, gravity: Any, likelihood: Any) -> str | None:
    return level(matrix, gravity, likelihood) if gravity in matrix.scale and likelihood in matrix.scale else None
