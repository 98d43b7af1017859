"""Which functions answer which topic; bound once by ``portal.config``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

Handler = Callable[[dict[str, Any]], None]

_handlers: dict[str, tuple[Handler, ...]] = {}


def install(table: Mapping[str, Sequence[Handler]]) -> None:
    """Replace the whole table of reactions."""
    _handlers.clear()
    _handlers.update({topic: tuple(handlers) for topic, handlers in table.items()})


@contextmanager
def replaced(topic: str, handlers: Sequence[Handler]) -> Iterator[None]:
    """Let others answer a topic for the duration of a block (simulation)."""
    before = handlers_for(topic)
    _handlers[topic] = tuple(handlers)
    try:
        yield
    finally:
        _handlers[topic] = before


def handlers_for(topic: str) -> tuple[Handler, ...]:
    """The handlers of ``topic``. Raises LookupError for an unknown one: an effect must never vanish silently."""
    try:
        return _handlers[topic]
    except KeyError:
        raise LookupError(f"no reaction is bound to the topic {topic!r}") from None


def topics() -> frozenset[str]:
    """Every bound topic."""
    return frozenset(_handlers)
