"""Which functions answer which topic; bound once by ``portal.config``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Handler = Callable[[dict[str, Any]], None]

_handlers: dict[str, tuple[Handler, ...]] = {}


def install(table: Mapping[str, Sequence[Handler]]) -> None:
    """Replace the whole table of reactions."""
    _handlers.clear()
    _handlers.update({topic: tuple(handlers) for topic, handlers in table.items()})


def handlers_for(topic: str) -> tuple[Handler, ...]:
    """The handlers of ``topic``. Raises LookupError for an unknown one: an effect must never vanish silently."""
    try:
        return _handlers[topic]
    except KeyError:
        raise LookupError(f"no reaction is bound to the topic {topic!r}") from None


def topics() -> frozenset[str]:
    """Every bound topic."""
    return frozenset(_handlers)
