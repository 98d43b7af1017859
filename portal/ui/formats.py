"""How the portal writes dates, deadlines and identifiers in French. Pure: used by templates, documents and mail."""

from __future__ import annotations

from datetime import date, datetime, time

from portal.common.clock import PARIS, last_day_before
from portal.common.text import squeeze

NBSP = "\u00a0"
NARROW = "\u202f"
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)

Moment = date | datetime


def in_paris(moment: datetime) -> datetime:
    """``moment`` on the clocks of Europe/Paris; a naive datetime is a programming error."""
    if moment.tzinfo is None:
        raise ValueError("naive datetime: the portal only shows aware instants")
    return moment.astimezone(PARIS)


def paris_day(moment: Moment) -> date:
    """The calendar day that a person in France reads for ``moment``."""
    return in_paris(moment).date() if isinstance(moment, datetime) else moment


def day(moment: Moment) -> str:
    """« 15/11/2022 »."""
    return paris_day(moment).strftime("%d/%m/%Y")


def long_day(moment: Moment) -> str:
    """« 15 novembre 2022 », « 1er novembre 2022 », with no-break spaces inside the date."""
    of = paris_day(moment)
    number = "1er" if of.day == 1 else str(of.day)
    return f"{number}{NBSP}{MONTHS[of.month - 1]}{NBSP}{of.year}"


def hour(moment: datetime) -> str:
    """« 14 h 00 »."""
    local = in_paris(moment)
    return f"{local.hour}{NBSP}h{NBSP}{local.minute:02d}"


def instant(moment: Moment) -> str:
    """« 15/11/2022 à 14 h 00 »; a bare date has no hour and is written as a day."""
    if not isinstance(moment, datetime):
        return day(moment)
    return f"{day(moment)} à{NBSP}{hour(moment)}"


def last_included(limit: Moment) -> Moment:
    """An exclusive limit as people read it: midnight opening a day means « until the end of the day before »."""
    if isinstance(limit, datetime) and in_paris(limit).time() == time.min:
        return last_day_before(limit)
    return limit


def limit(due: Moment) -> str:
    """« avant le 15/03/2023 à 14 h 00 », or « jusqu’au 09/12/2022 inclus » when the limit is a whole day."""
    last = last_included(due)
    return f"avant le {instant(last)}" if isinstance(last, datetime) else f"jusqu’au {day(last)} inclus"


def deadline(due: Moment, now: datetime) -> str:
    """Where ``due`` stands for somebody reading at ``now``, counted in calendar days of Europe/Paris.

    « dans 12 jours », « demain », « aujourd’hui », « dépassée de 3 jours ». On the day itself an instant
    (not a bare date) also says its hour, and whether it has passed.
    """
    due = last_included(due)
    days = (paris_day(due) - paris_day(now)).days
    if days == 0:
        return _deadline_today(due, now)
    if days == 1:
        return "demain"
    if days > 1:
        return f"dans {days}{NBSP}jours"
    return f"dépassée de {-days}{NBSP}jour{'s' if days < -1 else ''}"


def _deadline_today(due: Moment, now: datetime) -> str:
    if not isinstance(due, datetime):
        return "aujourd’hui"
    if due <= now:
        return f"dépassée depuis {hour(due)}"
    return f"aujourd’hui à{NBSP}{hour(due)}"


def is_overdue(due: Moment, now: datetime) -> bool:
    """Whether ``due`` is behind ``now``: an instant at its very second, a bare date once its day is over."""
    if isinstance(due, datetime):
        return due <= now
    return due < paris_day(now)


def grouped(identifier: str, sizes: tuple[int, ...]) -> str:
    """An identifier cut in groups of ``sizes`` by no-break spaces; left as it is when its length is another."""
    text = squeeze(identifier)
    if len(text) != sum(sizes):
        return identifier
    parts: list[str] = []
    start = 0
    for size in sizes:
        parts.append(text[start : start + size])
        start += size
    return NBSP.join(parts)


def finess(identifier: str) -> str:
    """« 01 000 230 1 »."""
    return grouped(identifier, (2, 3, 3, 1))


def siret(identifier: str) -> str:
    """« 732 829 320 00074 »."""
    return grouped(identifier, (3, 3, 3, 5))
