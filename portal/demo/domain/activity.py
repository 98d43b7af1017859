"""Made-up activity of a pharmacy, as lines of its supplier's log: same pharmacy and month, same lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from portal.common.clock import PARIS

HEADER = (
    "event_id;revision;status;finess;occurred_at;type;user_ref;mss_exchange;e_prescription;prescriber_setting;apcv;"
    "finalised;dmp_fed;insi_operation;insi_means;insi_outcome"
)
OPENS, CLOSES = 9, 19


@dataclass(frozen=True)
class Habits:
    """What a pharmacy does with its software. Shares in percent of the uses that need it; ``since``: from that day on.

    ``like``: whose series it shares in ``alike`` (the day is the first of a month), to show a question about it.
    ``busy``: a month (its first day) in which one account calls INSi far more than it prescribes, to show an alert.
    """

    finess: str
    e_prescription: int
    mss: int
    apcv: int
    dmp: int
    since: date | None = None
    like: str = ""
    alike: date | None = None
    busy: date | None = None


def month_lines(habits: Habits, month: date) -> Iterator[str]:
    """The lines of a month, open days in order; Sundays are closed."""
    seed = habits.like if month == habits.alike else habits.finess
    random = Random(f"{seed} {month}")  # noqa: S311  (made-up data)
    identity = Random(f"identity {habits.finess} {month}")  # noqa: S311
    day = month
    while day.month == month.month:
        if day.weekday() < 6:
            for at, kind, own in sorted(_events(random, habits, day)):
                event = UUID(int=identity.getrandbits(128), version=4)
                operator = f"op{1 + identity.randrange(3)}"
                yield f"{event};1;active;{habits.finess};{at};{kind};{operator};{own}"
        day += timedelta(days=1)
    if month == habits.busy:
        yield from _busy_lines(habits, month)


def _busy_lines(habits: Habits, month: date) -> Iterator[str]:
    """The many calls of one account, apart from the other lines, which stay the same."""
    random = Random(f"busy {habits.finess} {month}")  # noqa: S311  (made-up data)
    day = month
    while day.month == month.month:
        for _ in range(random.randint(8, 14) if day.weekday() < 6 else 0):
            event = UUID(int=random.getrandbits(128), version=4)
            yield f"{event};1;active;{habits.finess};{_at(random, day)};insi_call;op1;;;;;;;verification;cpx;ok"
        day += timedelta(days=1)


def _events(random: Random, habits: Habits, day: date) -> Iterator[tuple[str, str, str]]:
    able = habits.since is not None and day >= habits.since

    def draw(share: int) -> str:
        found = random.randrange(100) < share  # drawn in any case: the same draws whatever the day of installation
        return "1" if found and able else "0"

    for _ in range(random.randint(4, 8)):
        yield _at(random, day), "dispensation", f"{draw(habits.mss)};;;;;;;;"
        setting = "city" if random.randrange(10) else "hospital"
        yield _at(random, day), "prescription", f";{draw(habits.e_prescription)};{setting};;;;;;"
        yield _at(random, day), "claim", f";;;{draw(habits.apcv)};;;;;"
    if random.randrange(4) == 0:
        yield _at(random, day), "assessment", f";;;;1;{draw(habits.dmp)};;;"
    if random.randrange(3) == 0:
        yield _at(random, day), "insi_call", ";;;;;;verification;cpx;ok"


def _at(random: Random, day: date) -> str:
    seconds = random.randrange((CLOSES - OPENS) * 3600)
    return (datetime(day.year, day.month, day.day, OPENS, tzinfo=PARIS) + timedelta(seconds=seconds)).isoformat()
