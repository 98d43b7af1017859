"""What the journal says an object was at an instant: its state, and the journaled fields that the acts had set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.audit.domain.events import Recorded


@dataclass
class Past:
    """One object as it was. ``fields`` hold plain JSON values; ``acts`` counts the acts until then, ``at`` the last."""

    object_type: str
    object_id: str
    at: datetime
    state: str = ""
    acts: int = 0
    fields: dict[str, Any] = field(default_factory=dict)


def as_of(events: Iterable[Recorded], instant: datetime) -> list[Past]:
    """Every object of the events that existed before ``instant`` (business time, exclusive), in order of birth.

    ``events`` come as they were written. Only what the journal holds is known: texts and names are not in it.
    """
    found: dict[tuple[str, str], Past] = {}
    for event in events:
        if event.at >= instant:
            continue
        key = (event.object_type, event.object_id)
        past = found.setdefault(key, Past(*key, at=event.at))
        past.at, past.state = event.at, event.to_state or past.state
        past.acts += 1
        changed = event.data.get("changed", {}) if isinstance(event.data, dict) else {}
        past.fields.update({name: after for name, (_, after) in changed.items()})
    return list(found.values())
