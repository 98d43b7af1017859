"""Reading the journal back."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from portal.audit.models import AuditEvent
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
