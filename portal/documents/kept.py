"""Files that other applications keep in the folder; they declare theirs, ``portal.config`` installs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class KeptFile:
    """One file under its hash; ``owner_id``, ``number`` and ``kind`` say whose it is. ``size`` in bytes."""

    owner_id: str
    number: str
    kind: str
    sha256: str
    size: int


_keepers: list[Callable[[], Iterator[KeptFile]]] = []


def install(*keepers: Callable[[], Iterator[KeptFile]]) -> None:
    """Replace the whole list."""
    _keepers[:] = keepers


def kept_files() -> Iterator[KeptFile]:
    """Every one of every application."""
    for keeper in _keepers:
        yield from keeper()
