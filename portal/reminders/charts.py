"""The weeks to come as horizontal bars, drawn on the server; the template shows the same figures in a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from orders.domain.deadlines import Deadline, Kind, last_day

WEEKS = 16
LABEL_WIDTH, WIDTH, VALUE_ROOM = 130, 640, 60
BAR_HEIGHT, ROW_HEIGHT = 14, 42


@dataclass(frozen=True)
class Week:
    """One week and its two bars, in units of the drawing."""

    monday: date
    installations: int
    deadlines: int
    y: int
    installations_width: int
    deadlines_width: int

    @property
    def installations_x(self) -> int:
        """Where the first figure is written."""
        return LABEL_WIDTH + self.installations_width + 8

    @property
    def deadlines_x(self) -> int:
        """Where the second figure is written."""
        return LABEL_WIDTH + self.deadlines_width + 8

    @property
    def second_y(self) -> int:
        """The top of the second bar."""
        return self.y + BAR_HEIGHT + 2

    @property
    def first_text_y(self) -> int:
        """The foot of the first line of text."""
        return self.y + BAR_HEIGHT - 2

    @property
    def second_text_y(self) -> int:
        """The foot of the second line of text."""
        return self.second_y + BAR_HEIGHT - 2


@dataclass(frozen=True)
class Load:
    """A drawing: its weeks and its size; ``late`` and ``later`` are what it leaves out."""

    weeks: tuple[Week, ...]
    late: int
    later: int
    width: int = WIDTH
    label_width: int = LABEL_WIDTH
    bar_height: int = BAR_HEIGHT

    @property
    def height(self) -> int:
        """The height of the drawing."""
        return len(self.weeks) * ROW_HEIGHT


def weekly_load(deadlines: Sequence[Deadline], today: date) -> Load:
    """Planned installations and other deadlines of each of the weeks to come, by their last day."""
    first = today - timedelta(days=today.weekday())
    planned: Counter[int] = Counter()
    others: Counter[int] = Counter()
    late = 0
    for deadline in deadlines:
        day = last_day(deadline)
        if day < today:
            late += 1
            continue
        (planned if deadline.kind is Kind.PLANNED else others)[(day - first).days // 7] += 1
    shown = range(WEEKS)
    top = max([*(planned[n] for n in shown), *(others[n] for n in shown), 1])
    weeks = tuple(
        Week(
            first + timedelta(weeks=n),
            planned[n],
            others[n],
            n * ROW_HEIGHT,
            _width(planned[n], top),
            _width(others[n], top),
        )
        for n in shown
    )
    later = planned.total() + others.total() - sum(week.installations + week.deadlines for week in weeks)
    return Load(weeks, late, later)


def _width(value: int, top: int) -> int:
    room = WIDTH - LABEL_WIDTH - VALUE_ROOM
    return max(round(value * room / top), 1 if value else 0)
