"""A supplier's machine: its token, and a file sent in pieces to the interface of deposit."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.client import HTTPConnection
from io import StringIO
from threading import Thread
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.test import Client
from django.urls import reverse

from tests.integration.indicators.deposits import Depositor

PIECE = "application/offset+octet-stream"


def token_of(siret: str, **options: Any) -> str:
    """A new token, as the console shows it."""
    out = StringIO()
    call_command("activity_token", "make", supplier=siret, label="serveur", stdout=out, stderr=StringIO(), **options)
    return out.getvalue().strip()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def checksum(piece: bytes) -> dict[str, str]:
    """The header that lets a piece count whole or not at all."""
    return {"Upload-Checksum": f"sha256 {b64(sha256(piece).digest())}"}


@dataclass
class Machine:
    """Asks in the name of a supplier, through Django's own client."""

    ours: Depositor
    token: str
    client: Client = field(default_factory=Client)

    def headers(self, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Tus-Resumable": "1.0.0"} | more

    def announced(self, content: bytes, name: str = "mars.csv", **told: str) -> dict[str, str]:
        """The headers of a creation; ``told`` replaces the metadata."""
        data = {"filename": name, "software": self.ours.software, "sha256": sha256(content).hexdigest()} | told
        pairs = ",".join(f"{key} {b64(value.encode())}" for key, value in data.items() if value)
        return self.headers(**{"Upload-Length": str(len(content)), "Upload-Metadata": pairs})

    def create(self, content: bytes, **told: str) -> Any:
        return self.client.post(reverse("indicators:api_uploads"), headers=self.announced(content, **told))

    def address(self, content: bytes, **told: str) -> str:
        """Create, and where to send to."""
        answer = self.create(content, **told)
        assert answer.status_code == 201, answer.content
        return str(answer["Location"])

    def patch(self, url: str, offset: int, piece: bytes, **more: str) -> Any:
        headers = self.headers(**{"Upload-Offset": str(offset)} | more)
        extra: dict[str, Any] = {"CONTENT_TYPE": PIECE, "CONTENT_LENGTH": str(len(piece))}  # also of an empty one
        return self.client.generic("PATCH", url, piece, headers=headers, **extra)

    def offset(self, url: str) -> int:
        answer = self.client.head(url, headers=self.headers())
        assert answer.status_code == 200
        return int(answer["Upload-Offset"])

    def read(self, url: str) -> dict[str, Any]:
        told: dict[str, Any] = self.client.get(url, headers=self.headers()).json()
        return told


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None: ...


@contextmanager
def served() -> Iterator[tuple[str, int]]:
    """The portal behind a real socket, in threads of this process; where it listens."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.set_app(WSGIHandler())
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield "127.0.0.1", int(server.server_address[1])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def begun(place: tuple[str, int], machine: Machine, url: str, length: int, start: bytes) -> HTTPConnection:
    """A piece announced as ``length`` bytes of which only ``start`` has left; the connection stays open."""
    line = HTTPConnection(*place, timeout=30)
    line.putrequest("PATCH", url)
    more = {"Upload-Offset": "0", "Content-Type": PIECE, "Content-Length": str(length)}
    for name, value in machine.headers(**more).items():
        line.putheader(name, value)
    line.endheaders(start)
    return line
