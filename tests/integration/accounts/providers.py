"""Real identity providers on loopback, and a browser that goes from the portal to them and back."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import ThreadingMixIn
from typing import Any, cast
from urllib.parse import urljoin
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import requests
from django.http import HttpResponse
from django.test import Client

from portal.accounts.psc.configuration import PscConfiguration
from portal.demo.identity.keys import SigningKey
from portal.demo.identity.provider import IdentityProvider
from portal.demo.identity.wsgi import client_of

PORTAL, CLIENT_ID, CLIENT_SECRET = "http://testserver", "portail", "un-secret-d-essai"
LOGIN, CALLBACK, BACKCHANNEL = (
    "/compte/psc/connexion/",
    "/compte/psc/retour/",
    "/compte/psc/deconnexion-du-fournisseur/",
)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def serving(kind: type[IdentityProvider] = IdentityProvider) -> Iterator[IdentityProvider]:
    """The demonstration's provider, or one that cheats, listening on a port of its own."""
    provider: list[IdentityProvider] = []
    server = make_server("127.0.0.1", 0, lambda e, s: provider[0](e, s), _Server, _Silent)
    issuer = f"http://127.0.0.1:{server.server_port}"
    provider.append(kind(issuer, client_of(PORTAL, CLIENT_ID, CLIENT_SECRET), _key()))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield provider[0]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


_KEYS: list[SigningKey] = []


def _key() -> SigningKey:
    """One for the module: making a key takes a moment."""
    if not _KEYS:
        _KEYS.append(SigningKey.new())
    return _KEYS[0]


@contextmanager
def receiving() -> Iterator[tuple[str, list[str]]]:
    """An address that keeps the bodies posted to it."""
    bodies: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", bodies
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def configuration(issuer: str, **fields: Any) -> PscConfiguration:
    """What the portal knows of a provider of these tests."""
    given: dict[str, Any] = {"origins": (issuer,), "demo": True} | fields
    return PscConfiguration(f"{issuer}/.well-known/openid-configuration", CLIENT_ID, CLIENT_SECRET, **given)


class Browser:
    """One browser: its window on the portal and its cookies at the provider."""

    def __init__(self, portal: Client) -> None:
        self.portal = portal
        self.outside = requests.Session()

    def leave(self, path: str = LOGIN) -> str:
        """Go from the portal to the provider; its address."""
        response = self.portal.get(path)
        assert response.status_code == 302, response.status_code
        return str(response["Location"])

    def confirm(self, url: str, person: str) -> str:
        """Choose a person there and confirm; where the provider sends back to, within the portal."""
        page = self.outside.get(f"{url}&person={person}", allow_redirects=False)
        if page.status_code == 200:
            action = re.search(r'action="([^"]+)"', page.text)
            assert action
            there = urljoin(page.url, unescape(action[1]))
            page = self.outside.post(there, data={"person": person}, allow_redirects=False)
        assert page.status_code == 303, page.text
        assert page.headers["Location"].startswith(f"{PORTAL}{CALLBACK}")
        return page.headers["Location"].removeprefix(PORTAL)

    def log_in(self, person: str, path: str = LOGIN, change: Callable[[str], str] = str) -> HttpResponse:
        """All the way; ``change`` is what an attacker does to the address on the way out."""
        back = self.confirm(change(self.leave(path)), person)
        return cast(HttpResponse, self.portal.get(back))

    @property
    def logged_in(self) -> bool:
        """Whether the portal knows who this is."""
        return bool(self.portal.get("/compte/2fa/").status_code == 200)
