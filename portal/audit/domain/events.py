"""What the hash of an audit event covers, and how an event hangs on the one before it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from portal.common.canonical import sha256_of

FORMAT = "ev1"


class Recorded(NamedTuple):
    """One row of the journal as stored, in the order in which it is read in bulk.

    ``row`` is the number PostgreSQL gave it; ``at`` is business time, ``recorded_at`` machine time.
    """

    row: int
    object_type: str
    object_id: str
    thread: str
    seq: int
    at: datetime
    recorded_at: datetime
    actor: int | None
    organisation: UUID | None
    role: str
    verb: str
    from_state: str
    to_state: str
    rule_set: str
    data: Any
    request_id: str
    prev_hash: str
    hash: str


def content_of(event: Recorded) -> dict[str, Any]:
    """Everything the hash covers: all but the row number, the hash itself and PostgreSQL's transaction number."""
    return {
        "format": FORMAT,
        "object": [event.object_type, event.object_id, event.thread],
        "seq": event.seq,
        "at": event.at.astimezone(UTC).isoformat(),
        "recorded_at": event.recorded_at.astimezone(UTC).isoformat(),
        "actor": [event.actor, str(event.organisation or ""), event.role],
        "act": [event.verb, event.from_state, event.to_state, event.rule_set],
        "data": event.data,
        "request_id": event.request_id,
        "prev_hash": event.prev_hash,
    }


def hash_of(event: Recorded) -> str:
    """Hexadecimal SHA-256 of the event. Raises TypeError when its data hold what the portal never writes (a float)."""
    return sha256_of(content_of(event))
