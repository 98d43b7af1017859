"""A real portal for the whole ring, Chromium for each module, a window for each person; failures leave screenshots."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from portal.config.embedded.options import REPOSITORY
from tests.e2e.portal import Portal, running_portal
from tests.e2e.visitor import DESK, Visitor

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
ARTIFACTS = REPOSITORY / "test-artifacts"
_FAILED = pytest.StashKey[bool]()
_MOVE_TIME = ("test_time_passes.py", "test_year_after.py")

Visit = Callable[..., Visitor]


def pytest_itemcollected(item: pytest.Item) -> None:
    """To leave the ring out: « -m "not e2e" ». It runs on one worker: see tests.plugins.one_portal."""
    item.add_marker(pytest.mark.e2e)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After the shuffle: whoever moves the portal's date comes last, by weeks first, then by months."""
    items.sort(key=lambda item: _MOVE_TIME.index(item.path.name) if item.path.name in _MOVE_TIME else -1)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember a failure until the windows are closed."""
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser: its absence is a failure in CI and a skip elsewhere."""
    if not CHROMIUM.exists():
        reason = os.environ.get("PORTAL_BROWSER_MISSING", "Chromium manque : sudo apt-get install chromium")
        if os.environ.get("CI") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return CHROMIUM


@pytest.fixture(scope="session")
def portal(chromium: Path) -> Iterator[Portal]:
    """One portal for all journeys: each uses a pharmacy of its own."""
    with running_portal() as portal:
        yield portal


@pytest.fixture(scope="module")
def browser(portal: Portal, chromium: Path) -> Iterator[Browser]:
    """Not for the session: Playwright's event loop would forbid Django's database to the modules that follow."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(request: pytest.FixtureRequest, browser: Browser, portal: Portal) -> Iterator[Visit]:
    """Opens a window for a demo account, logged in: ``visit(login, width=…, scripts=…)``."""
    visitors: list[Visitor] = []

    def opened(login: str, *, width: int = DESK, scripts: bool = True) -> Visitor:
        context = browser.new_context(locale="fr-FR", java_script_enabled=scripts)
        visitors.append(Visitor(login, context, portal.address, width=width, scripts=scripts))
        visitors[-1].log_in()
        return visitors[-1]

    yield opened
    for visitor in visitors:
        if request.node.stash.get(_FAILED, False):
            ARTIFACTS.mkdir(exist_ok=True)
            name = re.sub(r"[^\w.@-]+", "-", f"{request.node.name}-{visitor.name}")
            visitor.page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)
        visitor.context.close()
