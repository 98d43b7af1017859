"""Under pytest-xdist: the browser ring on one worker, so that one portal is started and not one a worker.

The ring comes first, as one piece of work, since it is the longest; then the long files, function by function where a
file alone would keep a worker busy after the others are done; the rest file by file, which also keeps the fixtures of a
module on one worker. (Groups of « --dist loadgroup » are not seen by pytest-xdist 3.8.0 under
pytest 9.2, its issue 1386.) Without xdist nothing changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from xdist.remote import Producer  # type: ignore[import-untyped]

RING = "tests/e2e"
BY_FUNCTION = ("tests/integration/web/test_fuzz.py", "tests/integration/web/test_access.py")
"""Minutes each; what they start from is built for the session."""
FIRST = (RING, *BY_FUNCTION, "tests/embedded/test_supervisor.py", "tests/embedded/test_engines.py")
"""In this order, whatever the shuffle: a long piece taken last is waited for by everybody."""


class OnePortal(LoadScopeScheduling):
    """Pieces of work: the whole browser ring, each function of the long files, each other file."""

    def _split_scope(self, nodeid: str) -> str:
        return _piece(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OnePortal | None:
    """In place of the usual « load »; whoever asks for another way of sharing gets it."""
    if config.getvalue("dist") != "load":
        return None
    config.option.loadscopereorder = False
    return OnePortal(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After the shuffle: the long ones first, pieces whole."""
    order: dict[str, int] = {}
    for item in items:
        order.setdefault(_piece(item.nodeid), len(order))
    items.sort(key=lambda item: (_rank(item.nodeid), order[_piece(item.nodeid)]))


def _piece(nodeid: str) -> str:
    if nodeid.startswith(f"{RING}/"):
        return RING
    file = nodeid.partition("::")[0]
    return nodeid.partition("[")[0] if file in BY_FUNCTION else file


def _rank(nodeid: str) -> int:
    return next((rank for rank, start in enumerate(FIRST) if nodeid.startswith(start)), len(FIRST))
