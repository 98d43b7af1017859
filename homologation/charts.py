"""The drawing of twelve months of INSi calls against prescriptions; the page says the same in a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, FOOT = 720, 160, 24
_GAP = 8


@dataclass(frozen=True)
class Bar:
    """One column from the ground up."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Pair:
    """One month: calls and prescriptions side by side, or neither where its report is missing."""

    middle: int
    label: str
    calls: Bar | None
    prescriptions: Bar | None


def pairs(months: Sequence[tuple[str, tuple[int, int] | None]]) -> list[Pair]:
    """The months with their label and (calls, prescriptions), on one scale."""
    top = max((number for _, said in months if said for number in said), default=0) or 1
    step = WIDTH // max(len(months), 1)
    width = (step - _GAP) // 2
    drawn = []
    for at, (label, said) in enumerate(months):
        x = at * step
        calls, prescriptions = (
            (_bar(x, width, said[0], top), _bar(x + width, width, said[1], top)) if said else (None, None)
        )
        drawn.append(Pair(x + width, label, calls, prescriptions))
    return drawn


def _bar(x: int, width: int, number: int, top: int) -> Bar:
    height = max(round(HEIGHT * number / top), 1 if number else 0)
    return Bar(x, HEIGHT - height, width, height)
