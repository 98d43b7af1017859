"""The funnel as horizontal bars, drawn on the server; the template shows the same figures in a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BAR_HEIGHT, GAP, LABEL_WIDTH, WIDTH = 22, 10, 250, 640


@dataclass(frozen=True)
class Bar:
    """One bar, in units of the drawing."""

    label: str
    value: int
    y: int
    text_y: int
    width: int
    value_x: int


@dataclass(frozen=True)
class Bars:
    """A drawing: its bars and its size."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    label_width: int
    bar_height: int


def funnel_bars(counts: Sequence[tuple[str, int]]) -> Bars:
    """Bars in proportion of the largest value; equal labels are added up."""
    merged: dict[str, int] = {}
    for label, value in counts:
        merged[label] = merged.get(label, 0) + value
    top = max([*merged.values(), 1])
    room = WIDTH - LABEL_WIDTH - 60
    bars = []
    for index, (label, value) in enumerate(merged.items()):
        y, width = index * (BAR_HEIGHT + GAP), round(value * room / top)
        text_y = y + BAR_HEIGHT - 6
        bars.append(Bar(label, value, y, text_y, max(width, 1 if value else 0), LABEL_WIDTH + width + 8))
    height = max(len(bars) * (BAR_HEIGHT + GAP), BAR_HEIGHT)
    return Bars(tuple(bars), WIDTH, height, LABEL_WIDTH, BAR_HEIGHT)
