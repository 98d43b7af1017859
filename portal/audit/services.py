"""Writing the journal. Callers hold the lock of the object they write about."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.accounts.actors import Actor
from portal.audit.domain.events import Recorded, hash_of
from portal.audit.models import AuditEvent
from portal.common import clock


@dataclass(frozen=True)
class Entry:
    """What is to be recorded about one object (``data`` holds only JSON values, no floats, no personal data)."""

    object_type: str
    object_id: str
    verb: str
    at: datetime
    thread: str = ""
    from_state: str = ""
    to_state: str = ""
    rule_set: str = ""
    data: dict[str, Any] = field(default_factory=dict)


def record(entry: Entry, actor: Actor) -> AuditEvent:
    """Append one event to the chain of its object and return it."""
    chain = AuditEvent.objects.filter(object_type=entry.object_type, object_id=entry.object_id)
    seq, prev_hash = chain.order_by("-seq").values_list("seq", "hash").first() or (0, "")
    event = AuditEvent(
        object_type=entry.object_type,
        object_id=entry.object_id,
        thread=entry.thread,
        seq=seq + 1,
        at=entry.at,
        recorded_at=clock.machine_now(),
        actor_id=actor.user_id,
        organisation_id=actor.organisation_id,
        role=actor.role.value,
        verb=entry.verb,
        from_state=entry.from_state,
        to_state=entry.to_state,
        rule_set=entry.rule_set,
        data=entry.data,
        request_id=actor.request_id,
        prev_hash=prev_hash,
    )
    event.hash = event_hash(event)
    event.save(force_insert=True)
    return event


def event_hash(event: AuditEvent) -> str:
    """SHA-256 over every recorded field but the row id, the hash itself and PostgreSQL's transaction id."""
    return hash_of(recorded(event))


def recorded(event: AuditEvent) -> Recorded:
    """The stored row as the pure rules read it."""
    return Recorded(*(getattr(event, column) for column in COLUMNS))


COLUMNS = (
    *("id", "object_type", "object_id", "thread", "seq", "at", "recorded_at", "actor_id", "organisation_id", "role"),
    *("verb", "from_state", "to_state", "rule_set", "data", "request_id", "prev_hash", "hash"),
)
"""The columns of a row in the order of ``Recorded``."""
