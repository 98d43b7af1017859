"""Under pytest-xdist: the browser ring on one worker, so that one portal is started and not one a worker.

The ring comes first, as one piece of work, since it is the longest; the others take the rest file by file, which also
keeps the fixtures of a module on one worker. (Groups of « --dist loadgroup » are not seen by pytest-xdist 3.8.0 under
pytest 9.2, its issue 1386.) Without xdist nothing changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from xdist.remote import Producer  # type: ignore[import-untyped]

RING = "tests/e2e"


class OnePortal(LoadScopeScheduling):
    """Pieces of work: the whole browser ring, each other file."""

    def _split_scope(self, nodeid: str) -> str:
        return RING if nodeid.startswith(f"{RING}/") else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OnePortal | None:
    """In place of the usual « load »; whoever asks for another way of sharing gets it."""
    if config.getvalue("dist") != "load":
        return None
    config.option.loadscopereorder = False
    return OnePortal(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After the shuffle: the ring first, files whole."""
    order: dict[str, int] = {}
    for item in items:
        order.setdefault(_piece(item), len(order))
    items.sort(key=lambda item: (_piece(item) != RING, order[_piece(item)]))


def _piece(item: pytest.Item) -> str:
    return RING if item.nodeid.startswith(f"{RING}/") else item.nodeid.partition("::")[0]
