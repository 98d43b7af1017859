"""The little of HTTP that the identity provider needs: it runs without any framework."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

_LARGEST = 64_000
_POLICY = "default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'"
"""Without ``form-action``: the confirmation leads back to the portal, wherever it runs."""


@dataclass(frozen=True)
class Request:
    """What came."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    cookie: str
    authorization: str


@dataclass
class Response:
    """What goes back."""

    body: bytes = b""
    status: HTTPStatus = HTTPStatus.OK
    kind: str = "text/html; charset=utf-8"
    headers: list[tuple[str, str]] = field(default_factory=list)

    def wsgi(self, start_response: Any) -> Iterable[bytes]:
        """Send it."""
        fixed = [
            ("Content-Type", self.kind),
            ("Content-Length", str(len(self.body))),
            ("Cache-Control", "no-store"),
            ("Content-Security-Policy", _POLICY),
            ("X-Content-Type-Options", "nosniff"),
        ]
        start_response(f"{self.status.value} {self.status.phrase}", [*fixed, *self.headers])
        return [self.body]


def read(environ: dict[str, Any], cookie: str) -> Request:
    """The request of a WSGI environment; ``cookie`` is the name of the one that counts."""
    form = {}
    if environ["REQUEST_METHOD"] == "POST":
        length = min(int(environ.get("CONTENT_LENGTH") or 0), _LARGEST)
        form = dict(parse_qsl(environ["wsgi.input"].read(length).decode("utf-8", "replace"), keep_blank_values=True))
    try:
        morsel = SimpleCookie(environ.get("HTTP_COOKIE", "")).get(cookie)
    except CookieError:
        morsel = None
    return Request(
        method=environ["REQUEST_METHOD"],
        path=environ.get("PATH_INFO", "/"),
        query=dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)),
        form=form,
        cookie=morsel.value if morsel else "",
        authorization=environ.get("HTTP_AUTHORIZATION", ""),
    )


def to_json(content: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> Response:
    """A JSON answer."""
    return Response(json.dumps(content).encode(), status, "application/json")


def to(url: str, **added: str) -> Response:
    """A redirection, with these parameters added to the address."""
    given = {name: value for name, value in added.items() if value}
    if given:
        url += ("&" if urlsplit(url).query else "?") + urlencode(given)
    return Response(b"", HTTPStatus.SEE_OTHER, headers=[("Location", url)])
