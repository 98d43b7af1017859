"""What came about is a reason to raise the likelihood of its risk at the next dossier (compliance facts §1.5).

A proposal with its origin, never applied by itself: whoever fills in the dossier rates the risk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from homologation.domain.questions import ROW, Matrix

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Risked:
    """A risk of a dossier, by its row and its words; both empty: none is named."""

    row: str = ""
    label: str = ""


NO_RISK = Risked()


@dataclass(frozen=True)
class Happened:
    """What names a risk: its row, and what it is in words, « violation VIO-2022-0001 »."""

    row: str
    origin: str


@dataclass(frozen=True)
class Raise:
    """The risk ``number`` (from 1) might be rated ``after`` rather than ``before``; ``after`` empty: the scale has no
    higher word."""

    row: str
    number: int
    label: str
    before: str
    after: str
    origins: tuple[str, ...]


def risks_in(rows: Rows) -> list[Risked]:
    """The risks of a table that can be named: those with a row and words."""
    found = (Risked(str(row.get(ROW) or ""), str(row.get("risque") or "").strip()) for row in rows)
    return [one for one in found if one.row and one.label]


def proposals(matrix: Matrix, rows: Rows, decided: Rows, happened: Sequence[Happened]) -> list[Raise]:
    """The risks of ``rows`` to rate anew, in order: named by something since, and not rated higher than ``decided``."""
    before = {str(row.get(ROW)): row.get("vraisemblance") for row in decided}
    found = []
    for number, row in enumerate(rows, 1):
        origins = tuple(one.origin for one in happened if one.row == str(row.get(ROW)))
        now = row.get("vraisemblance")
        if not origins or now not in matrix.scale or _raised(matrix, before.get(str(row.get(ROW))), str(now)):
            continue
        following = matrix.scale.index(str(now)) + 1
        after = matrix.scale[following] if following < len(matrix.scale) else ""
        found.append(Raise(str(row[ROW]), number, str(row.get("risque") or ""), str(now), after, origins))
    return found


def _raised(matrix: Matrix, then: Any, now: str) -> bool:
    return then in matrix.scale and matrix.scale.index(now) > matrix.scale.index(then)
