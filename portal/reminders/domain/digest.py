"""The words of a digest: one message for everything that an organisation is reminded of on a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orders.domain.deadlines import SUPPLIER, WORDS, Kind, task_of
from portal.common.clock import PARIS, last_day_before, paris_date

SHOWN = 20
"""How many deadlines a message spells out; the others are counted."""


@dataclass(frozen=True)
class Line:
    """One deadline of a digest: whose it is, and the address of its dossier."""

    kind: Kind
    due_at: datetime
    owner: str
    mine: bool
    about: str
    url: str


@dataclass(frozen=True)
class Message:
    """The subject and the text of a digest."""

    subject: str
    body: str


def message(counts: Counter[Kind], first: Sequence[Line], now: datetime, page_url: str) -> Message:
    """Write the digest; ``first`` holds the most urgent lines, soonest first, ``counts`` all of them."""
    total = counts.total()
    if total == 1:
        only = first[0]
        subject = f"Rappel : {_lower(WORDS[only.kind].label)}, {when(only.due_at, only.kind, now)}"
    else:
        late = sum(line.due_at <= now for line in first)
        subject = f"Rappel : {total} échéances" + (", dont des échéances dépassées" if late else "")
    parts = ["\n\n".join(_line(line, now) for line in first)]
    if total > len(first):
        counted = "\n".join(f"– {WORDS[kind].label} : {number}" for kind, number in counts.most_common())
        parts.insert(0, f"{total} échéances approchent :\n{counted}")
        parts[1] = f"Les {len(first)} plus urgentes :\n{parts[1]}"
    parts.append(f"Toutes vos échéances, et pourquoi ces dates : {page_url}")
    return Message(subject, "\n\n".join(parts))


def when(due_at: datetime, kind: Kind, now: datetime) -> str:
    """« le 28/04/2023 avant 14 h 00 (dans 2 jours) », « jusqu’au 09/12/2022 inclus (aujourd’hui) »."""
    local = due_at.astimezone(PARIS)
    hour = f"{local:%H} h {local:%M}"
    if kind is Kind.PLANNED:
        day, words = local.date(), f"le {local:%d/%m/%Y} à {hour}"
    else:
        day = last_day_before(due_at)
        words = f"le {day:%d/%m/%Y} avant {hour}" if day == local.date() else f"jusqu’au {day:%d/%m/%Y} inclus"
    return f"{words} ({_distance((day - paris_date(now)).days, due_at <= now)})"


def _distance(days: int, passed: bool) -> str:
    if days < 0:
        return f"dépassée de {-days} jour{'s' if days < -1 else ''}"
    if days == 0:
        return "dépassée aujourd’hui" if passed else "aujourd’hui"
    return "demain" if days == 1 else f"dans {days} jours"


def _line(line: Line, now: datetime) -> str:
    who = "À vous" if line.mine else ("Au fournisseur" if line.owner == SUPPLIER else "À la pharmacie")
    what = f"{WORDS[line.kind].label} {when(line.due_at, line.kind, now)}, {line.about}"
    return f"– {what}. {who} d’agir : {task_of(line.kind, line.owner)}.\n  {line.url}"


def _lower(text: str) -> str:
    return text if text[:2].isupper() else text[0].lower() + text[1:]
