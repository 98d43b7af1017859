"""The risks on their matrix, gravity by likelihood, before their measures and after (compliance facts §1.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from homologation.domain.questions import Matrix

_BEFORE = ("gravite", "vraisemblance")
_AFTER = ("gravite_residuelle", "vraisemblance_residuelle")


@dataclass(frozen=True)
class Cell:
    """One case of the matrix: words of its scale, code of its level, numbers (from 1) of the risks in it."""

    gravity: str
    likelihood: str
    level: str
    risks: tuple[int, ...]


def risk_map(matrix: Matrix, rows: Sequence[Mapping[str, Any]], *, after: bool) -> list[list[Cell]]:
    """The whole matrix, the gravest line first. ``after``: once measures are taken; where that is not said, as before.

    A risk whose gravity or likelihood is not on the scale is in no case.
    """
    places = [_place(row, after) for row in rows]
    return [
        [
            Cell(
                gravity,
                likelihood,
                matrix.grid[matrix.scale.index(gravity)][matrix.scale.index(likelihood)],
                tuple(n for n, place in enumerate(places, start=1) if place == (gravity, likelihood)),
            )
            for likelihood in matrix.scale
        ]
        for gravity in reversed(matrix.scale)
    ]


def _place(row: Mapping[str, Any], after: bool) -> tuple[Any, Any]:
    left = tuple(row.get(name) for name in _AFTER)
    gravity, likelihood = left if after and all(left) else tuple(row.get(name) for name in _BEFORE)
    return gravity, likelihood
