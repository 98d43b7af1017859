"""The sample page in a real Chromium: 0 axe violation, 0 console error, nothing wider than the screen."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDTHS = [pytest.param((1280, 900), id="1280"), pytest.param((390, 844), id="390")]

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists() and os.environ.get("CI") != "1", reason="no Chromium here: apt install chromium"
)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def address(ui_only: object) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, StaticFilesHandler(WSGIHandler()), _Server, _Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture(params=WIDTHS)
def page(request: pytest.FixtureRequest, browser: Browser, complaints: list[str]) -> Iterator[Page]:
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, locale="fr-FR")
    yield watched(context, complaints)
    context.close()


def watched(context: BrowserContext, complaints: list[str]) -> Page:
    """A page whose console errors, exceptions and missing files are written down."""
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("response", lambda answer: complaints.append(answer.url) if answer.status >= 400 else None)
    return page


def assert_sound(page: Page, complaints: list[str]) -> None:
    violations = Axe().run(page).response["violations"]
    assert not violations, [(v["id"], [n["html"] for n in v["nodes"]]) for v in violations]
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_everything_reads_well(page: Page, address: str, complaints: list[str]) -> None:
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(f"{address}/?messages=1")
    assert_sound(page, complaints)
    assert not [url for url in requested if "font" in url], "the State's typeface is not asked for when neutral"
    assert page.evaluate("typeof htmx") == "object"


def test_errors_take_the_focus_and_lead_to_the_field(page: Page, address: str, complaints: list[str]) -> None:
    page.goto(address)
    page.fill("#id_day", "31/02/2022")
    page.check("#id_consent")
    page.get_by_role("button", name="Signer le bon de commande").click()
    summary = page.get_by_role("alert")
    summary.wait_for()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    assert_sound(page, complaints)
    summary.get_by_role("link", name="Date d’installation").click()
    assert page.evaluate("document.activeElement.id") == "id_day"
    assert page.input_value("#id_day") == "31/02/2022"
    assert page.is_checked("#id_consent")


def test_first_stop_of_the_keyboard_is_the_way_to_the_content(page: Page, address: str) -> None:
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"


def test_double_click_sends_once(page: Page, address: str) -> None:
    page.goto(address)
    page.evaluate(
        """() => {
            const held = [];
            window.addEventListener("submit", (event) => held.push(event.defaultPrevented));
            const button = document.querySelector("form.portal-consent button[type=submit]");
            button.click();
            button.click();
            sessionStorage.seen = JSON.stringify([...held, button.getAttribute("aria-disabled"), button.disabled]);
        }"""
    )
    page.get_by_role("alert").wait_for()
    assert page.evaluate("sessionStorage.seen") == '[false,true,"true",false]'


def test_same_page_without_scripts(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.get_by_text("Conditions des certificats").click()
    page.get_by_text("En signant, vous commandez aussi").wait_for()
    page.get_by_role("button", name="Signer le bon de commande").click()
    page.get_by_role("alert").wait_for()
    context.close()
