"""A person at a browser: finds things by the words on the page, and every page they land on is inspected."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import APIResponse, BrowserContext, ConsoleMessage, Locator, Page, Response, expect

DESK, PHONE = 1280, 390
PASSWORD = "demonstration-officine"
_HEIGHT = 900
_TIMEOUT_MS = 15_000
_AXE = Axe().axe_script
_RUN_AXE = "() => axe.run({resultTypes: ['violations']}).then(result => result.violations)"
_TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
# A page without its words, numbers and addresses: what axe judges. The same one is judged once.
_SKELETON = """() => [...document.querySelectorAll('body *')].map(element => element.tagName + '|' +
    [...element.attributes].filter(({name}) => !['href', 'action', 'value', 'datetime'].includes(name))
        .map(({name, value}) => name + '=' + value.replace(/[0-9a-f-]{8,}|[0-9]+/g, '')).join('|') + '|' +
    Boolean(element.innerText || element.value)).join('>')"""
_judged: set[tuple[int, str]] = set()


@dataclass
class Visitor:
    """Someone's browser window, and what it complained of."""

    name: str
    context: BrowserContext
    address: str
    width: int = DESK
    scripts: bool = True
    complaints: list[str] = field(default_factory=list)
    awaited_status: int = 200
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.page = self.context.new_page()
        self.page.set_default_timeout(_TIMEOUT_MS)
        self.page.set_viewport_size({"width": self.width, "height": _HEIGHT})
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))
        self.page.on("response", self._on_response)

    # What the person does

    def log_in(self) -> None:
        """As one of the demo accounts, through the log-in page."""
        self.open("/compte/login/")
        self.page.locator("input[name=login]").fill(self.name)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.press("Se connecter")
        expect(self.page.get_by_role("button", name="Se déconnecter")).to_be_visible()

    def open(self, path: str, *, status: int = 200) -> None:
        """Go to an address of the portal; ``status`` is the answer awaited."""
        self.awaited_status = status
        answer = self.page.goto(path if path.startswith("http") else self.address + path)
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status}"
        self.inspect()
        self.awaited_status = 200

    def home(self) -> None:
        """Back to one's own home."""
        self.open("/")

    def follow(self, name: str) -> None:
        """Follow the link of this name."""
        self.go_by(self.main.get_by_role("link", name=name, exact=True))

    def press(self, name: str, *, status: int = 200) -> None:
        """Press the button of this name in the page, and wait for what it leads to."""
        self.awaited_status = status
        self.go_by(self.main.get_by_role("button", name=name, exact=True))
        self.awaited_status = 200

    def go_by(self, way: Locator) -> None:
        """Click on what leads to another page, and inspect that page."""
        with self.page.expect_navigation(wait_until="load"):
            way.click()
        self.inspect()

    def fill(self, label: str, value: str) -> None:
        """Type in the field of this label."""
        self.field(label).fill(value)

    def choose(self, label: str, option: str) -> None:
        """Choose in a list."""
        self.field(label).select_option(label=option)

    def answer(self, question: str, choice: str) -> None:
        """Tick one of the answers to a question."""
        self.main.get_by_role("group", name=question).get_by_label(choice, exact=True).check()

    def tick(self, start: str) -> None:
        """Tick the box whose label starts so."""
        self.main.get_by_label(re.compile(f"^{re.escape(start)}")).check()

    # What the person sees

    @property
    def main(self) -> Locator:
        """The content of the page, without header and footer."""
        return self.page.locator("main")

    @property
    def path(self) -> str:
        """The address of the page within the portal."""
        return self.page.url.removeprefix(self.address)

    def field(self, label: str) -> Locator:
        """The field of this label; the star of a required field is not part of it."""
        return self.main.get_by_label(re.compile(rf"^{re.escape(label)}( \*)?\s*$"))

    def sees(self, *texts: str) -> None:
        """Each text is on the page."""
        for text in texts:
            expect(self.main.get_by_text(text).first).to_be_visible()

    def is_at(self, heading: str) -> None:
        """The page's title for people."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)

    def error_of(self, label: str) -> str:
        """The message beside a field, which assistive technology reads with it."""
        field = self.field(label)
        error = f"{field.get_attribute('id')}_error"
        assert error in (field.get_attribute("aria-describedby") or "").split(), f"{label}: no message tied to it"
        return self.main.locator(f"#{error}").inner_text()

    def next_steps(self) -> list[str]:
        """The titles of what is put forward as next: there must be one only."""
        return self.main.locator(".portal-next__title").all_inner_texts()

    def today(self) -> str:
        """The portal's date, jj/mm/aaaa, as its banner says it."""
        return self.page.locator(".portal-demo time").inner_text()

    def fetch(self, link: Locator) -> APIResponse:
        """What a link leads to, with this person's session."""
        target = link.get_attribute("href")
        assert target
        return self.context.request.get(self.address + target)

    # What is demanded of every page

    def inspect(self) -> None:
        """At both widths: nothing wider than the screen, no axe violation, no word in the console.

        Where scripts are off axe cannot run either (its timers never fire): it reads the same pages elsewhere.
        """
        self.page.wait_for_load_state("load")
        faults: list[str] = []
        for width in (PHONE if self.width == DESK else DESK, self.width):
            self.page.set_viewport_size({"width": width, "height": _HEIGHT})
            if self.page.evaluate(_TOO_WIDE):
                faults.append(f"wider than {width} px")
            if self.scripts:
                faults += self._judge(width)
        faults += self.complaints
        assert not faults, f"{self.name} at {self.path}:\n" + "\n".join(faults)

    def _judge(self, width: int) -> list[str]:
        page = (width, str(self.page.evaluate(_SKELETON)))
        if page in _judged:
            return []
        self.page.evaluate(_AXE)
        faults = []
        for violation in self.page.evaluate(_RUN_AXE):
            where = "; ".join(node["html"][:200] for node in violation["nodes"][:3])
            faults.append(f"axe at {width} px: {violation['id']} ({violation['help']}): {where}")
        if not faults:
            _judged.add(page)
        return faults

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        # Chromium itself writes a line for a page answered by an error status; the status is asserted by ``open``.
        if self.awaited_status >= 400 and f"status of {self.awaited_status}" in message.text:
            return
        self.complaints.append(f"console {message.type}: {message.text}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400 and response.status != self.awaited_status:
            self.complaints.append(f"{response.status} {response.url}")
