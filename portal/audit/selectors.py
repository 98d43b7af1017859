"""Reading the journal back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import QuerySet

from portal.audit.models import AuditEvent, AuditRoot
from portal.audit.services import event_hash


def thread_events(thread: str) -> QuerySet[AuditEvent]:
    """Every event of one order's life, oldest first, with actor and organisation."""
    return AuditEvent.objects.filter(thread=thread).select_related("actor", "organisation").order_by("id")


def broken_events(object_type: str, object_id: str) -> Iterator[AuditEvent]:
    """The events of one object whose hash, sequence or link does not hold, in order."""
    previous = ""
    chain = AuditEvent.objects.filter(object_type=object_type, object_id=object_id).order_by("seq")
    for expected_seq, event in enumerate(chain, start=1):
        if event.seq != expected_seq or event.prev_hash != previous or event.hash != event_hash(event):
            yield event
        previous = event.hash


def published_roots() -> QuerySet[AuditRoot]:
    """Every root, the last one first. They name nobody: everybody may read them."""
    return AuditRoot.objects.order_by("-number")


def root_of(day: str) -> AuditRoot | None:
    """The root of a day written as ``2026-01-05``; None for any other text."""
    try:
        root = published_roots().filter(day=date.fromisoformat(day)).first()
    except ValueError:
        return None
    return root if root and root.day.isoformat() == day else None


def root_words() -> str:
    """The last root in one line, for the foot of mails: so it also lies where nobody of the portal can change it."""
    root = published_roots().only("day", "hash").first()
    return f"Empreinte du journal au {root.day:%d/%m/%Y} : {root.hash}" if root else ""
