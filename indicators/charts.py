"""The drawings of usage: gauge, columns, grids of months, in units of the drawing; pages say the same in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from indicators.domain.coverage import MONTHS, MonthSeen, Seen

WIDTH, HEIGHT = 360, 90
_GAP = 4
_WIDEST = 24


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


def top_of(threshold: Decimal | None, rates: Iterable[Decimal | None]) -> Decimal:
    """The rate at the top of a drawing, in percent: room above the threshold and every rate, 100 at most."""
    return min(max([2 * (threshold or Decimal(50)), *(rate for rate in rates if rate is not None)]), Decimal(100))


def gauge(rate: Decimal, threshold: Decimal) -> Gauge:
    """The rate against its threshold, both in percent."""
    top = top_of(threshold, [rate])
    return Gauge(round(WIDTH * rate / top), round(WIDTH * threshold / top))


def columns(rates: Sequence[Decimal | None], top: Decimal) -> list[Column]:
    """A column for each month, ``top`` percent being the whole height; nothing where there is none."""
    width = WIDTH // max(len(rates), 1)
    drawn = []
    for index, rate in enumerate(rates):
        height = round(HEIGHT * (rate or Decimal(0)) / top)
        drawn.append(Column(index * width, HEIGHT - height, width - _GAP, height, rate is not None))
    return drawn


def line_at(threshold: Decimal, top: Decimal) -> int:
    """The height of the threshold among the columns."""
    return HEIGHT - round(HEIGHT * threshold / top)


@dataclass(frozen=True)
class Square:
    """One month of a grid: ``tone`` names its class, ``sign`` says the same without colour."""

    x: int
    y: int
    tone: str
    sign: str
    title: str


@dataclass(frozen=True)
class GridRow:
    """One line of a grid, under its label."""

    label: str
    label_y: int
    squares: list[Square]


SQUARE, STEP, LINE, TOP = 24, 28, 52, 20
_SIGNS = {Seen.RECEIVED: "✓", Seen.MISSING: "!", Seen.NOT_AWAITED: ""}


def initials() -> list[tuple[int, str]]:
    """Where the initial of each month stands, above its squares."""
    return [(at * STEP + SQUARE // 2, name[0].upper()) for at, name in enumerate(MONTHS)]


def month_grid(rows: Sequence[tuple[str, Sequence[MonthSeen]]]) -> list[GridRow]:
    """Twelve squares under each label, below the initials of the months (``TOP`` high)."""
    drawn = []
    for index, (label, months) in enumerate(rows):
        top = TOP + index * LINE
        squares = [
            Square(at * STEP, top + 20, month.seen.value, _SIGNS[month.seen], month.words)
            for at, month in enumerate(months)
        ]
        drawn.append(GridRow(label, top + 14, squares))
    return drawn


def histogram(counts: Sequence[int]) -> list[Column]:
    """A column for each count, the largest of the whole height; at least a line where something was counted."""
    width, top = min(WIDTH / max(len(counts), 1), _WIDEST), max([*counts, 1])
    drawn = []
    for index, count in enumerate(counts):
        height = max(round(HEIGHT * count / top), 1 if count else 0)
        x = round(index * width)
        drawn.append(Column(x, HEIGHT - height, max(round((index + 1) * width) - x - 1, 1), height, count > 0))
    return drawn
