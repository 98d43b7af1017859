"""The drawings of a measure: a gauge and twelve columns, in units of the drawing; the page says the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH, HEIGHT = 360, 90
_GAP = 4


@dataclass(frozen=True)
class Gauge:
    """A bar of ``WIDTH`` filled up to ``filled``, with the threshold at ``mark``."""

    filled: int
    mark: int
    width: int = WIDTH


@dataclass(frozen=True)
class Column:
    """One month: ``known`` where something was counted."""

    x: int
    y: int
    width: int
    height: int
    known: bool


def gauge(rate: Decimal, threshold: Decimal) -> Gauge:
    """The rate against its threshold, both in percent."""
    return Gauge(round(WIDTH * rate / 100), round(WIDTH * threshold / 100))


def columns(rates: Sequence[Decimal | None]) -> list[Column]:
    """A column for each month, of the height of its rate in percent; nothing where there is none."""
    width = WIDTH // max(len(rates), 1)
    drawn = []
    for index, rate in enumerate(rates):
        height = round(HEIGHT * (rate or Decimal(0)) / 100)
        drawn.append(Column(index * width, HEIGHT - height, width - _GAP, height, rate is not None))
    return drawn


def line_at(threshold: Decimal) -> int:
    """The height of the threshold among the columns."""
    return HEIGHT - round(HEIGHT * threshold / 100)


def histogram(counts: Sequence[int]) -> list[Column]:
    """A column for each count, the largest of the whole height; at least a line where something was counted."""
    width, top = WIDTH / max(len(counts), 1), max([*counts, 1])
    drawn = []
    for index, count in enumerate(counts):
        height = max(round(HEIGHT * count / top), 1 if count else 0)
        x = round(index * width)
        drawn.append(Column(x, HEIGHT - height, max(round((index + 1) * width) - x - 1, 1), height, count > 0))
    return drawn
