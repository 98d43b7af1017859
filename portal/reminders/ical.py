"""Deadlines as an iCalendar file (RFC 5545): stable UIDs, a sequence that rises when a date moves, no personal data.

A limit that is a whole day is an all-day event on its last day; every other instant is written in UTC, which each
device shows in its own zone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from uuid import UUID

from django.urls import reverse
from icalendar import Alarm, Calendar, Event, vDuration

from orders.domain.deadlines import WORDS, Kind
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import PHARMACY_SIDE
from portal.common.clock import PARIS, last_day_before
from portal.reminders.models.reminders import deadline_id
from portal.reminders.selectors import Due, Tracked, due_for, tracked_for

_NIL = UUID(int=0)
PRODUCT = "-//Portail Segur Officine//Echeances//FR"
REFRESH = timedelta(hours=1)
ALARMS = {Kind.PLANNED: (timedelta(days=1),)}
DEFAULT_ALARMS = (timedelta(days=7), timedelta(days=2))


@dataclass(frozen=True)
class Entry:
    """One event as it is written: equal entries are equal bytes."""

    uid: UUID
    kind: Kind
    due_at: datetime
    about: str
    text: str
    sequence: int
    stamp: datetime
    cancelled: bool


def entries_for(actor: Actor, now: datetime, base_url: str) -> list[Entry]:
    """The events of a calendar: what is due now, and what has ended of late as cancelled."""
    tracked = {row.id: row for row in tracked_for(actor, now)}
    to_pharmacy = actor.role in PHARMACY_SIDE
    pattern = f"{base_url}{reverse('home:dossier', args=[_NIL])}"
    entries = []
    for due in due_for(actor, now):
        key = deadline_id(due.deadline.kind, due.deadline.subject)
        link = pattern.replace(str(_NIL), str(due.order_id)) if due.order_id else ""
        about = _about(due.number, due.pharmacy_name, to_pharmacy)
        entries.append(_alive(key, due, tracked.get(key), about, link))
    alive = {entry.uid for entry in entries}
    entries += [_dead(row, to_pharmacy) for key, row in tracked.items() if row.ended_at and key not in alive]
    return entries


def etag_of(entries: Sequence[Entry], name: str) -> str:
    """Changes when, and only when, the file does."""
    whole = sha256(f"ics1|{name}".encode())
    for e in entries:
        whole.update(f"\n{e.uid.hex}|{e.due_at}|{e.about}|{e.text}|{e.sequence}|{e.stamp}|{e.cancelled}".encode())
    return f'"{whole.hexdigest()[:32]}"'


def calendar_of(entries: Sequence[Entry], name: str) -> bytes:
    """The file itself."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Europe/Paris")
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    for entry in entries:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def _about(number: str, pharmacy: str, to_pharmacy: bool) -> str:
    if not number:
        return ""
    return f"bon n° {number}" if to_pharmacy else f"{pharmacy}, bon n° {number}"


def _alive(key: UUID, due: Due, row: Tracked | None, about: str, link: str) -> Entry:
    deadline = due.deadline
    # What the planner has not seen yet is already written as it will see it.
    sequence, stamp = (row.sequence, row.moved_at) if row else (0, deadline.since)
    if row and (row.due_at != deadline.due_at or row.ended_at):
        sequence += 1
    text = f"À faire : {deadline.task}.\nPourquoi cette date : {deadline.why}\n{link}".strip()
    return Entry(key, deadline.kind, deadline.due_at, about, text, sequence, stamp, cancelled=False)


def _dead(row: Tracked, to_pharmacy: bool) -> Entry:
    about = _about(row.number, row.pharmacy_name, to_pharmacy)
    text = "Cette échéance n’a plus lieu d’être."
    return Entry(row.id, row.kind, row.due_at, about, text, row.sequence, row.moved_at, cancelled=True)


def _event(entry: Entry) -> Event:
    event = Event()
    label = WORDS[entry.kind].label
    event.add("uid", f"{entry.uid}@portail-segur-officine")
    event.add("dtstamp", entry.stamp)
    event.add("sequence", entry.sequence)
    event.add("summary", f"{label} – {entry.about}" if entry.about else label)
    event.add("description", entry.text)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE" if entry.kind is Kind.PLANNED else "TRANSPARENT")
    event.add("dtstart", _start(entry))
    if not entry.cancelled:
        for before in ALARMS.get(entry.kind, DEFAULT_ALARMS):
            event.add_component(_alarm(before, label))
    return event


def _start(entry: Entry) -> date | datetime:
    whole_day = entry.due_at.astimezone(PARIS).time() == time.min
    return last_day_before(entry.due_at) if whole_day and entry.kind is not Kind.PLANNED else entry.due_at


def _alarm(before: timedelta, label: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", label)
    alarm.add("trigger", -before)
    return alarm
