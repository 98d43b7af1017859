"""A client that refuses pages which a browser would only half show: undefined variables, inline script or style."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.test import Client


class UndefinedVariable(AssertionError):
    """A template reads what its view does not give."""


class RaisingUndefined(str):
    """Given to Django as ``string_if_invalid``: formatting it is the sign of an undefined variable."""

    __slots__ = ()

    def __mod__(self, variable: object) -> str:
        raise UndefinedVariable(f"the template reads {str(variable)!r}, which is not in its context")


class _Inline(HTMLParser):
    """Collects what the content security policy would block."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") != "application/json"):
            self.faults.append(f"inline <{tag}>")
        self.faults += [f"<{tag} {name}>" for name in given if name == "style" or name.startswith("on")]


class StrictClient(Client):
    """Fails on inline script, inline style and event attributes."""

    def request(self, **request: Any) -> Any:
        response: Any = super().request(**request)
        if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
            page = _Inline()
            page.feed(response.content.decode())
            assert not page.faults, f"blocked by the content security policy: {page.faults}"
        return response
