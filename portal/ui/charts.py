"""The funnel as horizontal bars, each under its label; the template shows the same figures in a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BAR_HEIGHT, LABEL_HEIGHT, GAP, VALUE_WIDTH, WIDTH = 14, 22, 10, 60, 420


@dataclass(frozen=True)
class Bar:
    """One bar, in units of the drawing."""

    label: str
    value: int
    y: int
    label_y: int
    value_y: int
    width: int
    value_x: int


@dataclass(frozen=True)
class Bars:
    """A drawing: its bars and its size."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    bar_height: int


def funnel_bars(counts: Sequence[tuple[str, int]]) -> Bars:
    """Bars in proportion of the largest value; equal labels are added up."""
    merged: dict[str, int] = {}
    for label, value in counts:
        merged[label] = merged.get(label, 0) + value
    top = max([*merged.values(), 1])
    room = WIDTH - VALUE_WIDTH
    step = LABEL_HEIGHT + BAR_HEIGHT + GAP
    bars = []
    for index, (label, value) in enumerate(merged.items()):
        top_y, width = index * step, round(value * room / top)
        y = top_y + LABEL_HEIGHT
        bars.append(
            Bar(label, value, y, top_y + LABEL_HEIGHT - 6, y + BAR_HEIGHT - 2, max(width, 1 if value else 0), width + 8)
        )
    return Bars(tuple(bars), WIDTH, max(len(bars) * step, step), BAR_HEIGHT)
