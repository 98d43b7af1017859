"""A daemon that speaks ClamAV's INSTREAM on a real socket: it reads every chunk and answers as told."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack("!I", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
        self.server.seen.append(content)  # type: ignore[attr-defined]
        self.wfile.write(self.server.answer(content))  # type: ignore[attr-defined]


SIGNATURE = b"a-made-up-virus-for-tests"


def judged(content: bytes) -> bytes:
    """What the real daemon says: the virus by name, or OK."""
    return b"stream: Made.Up FOUND\0" if SIGNATURE in content else b"stream: OK\0"


def full(content: bytes) -> bytes:
    """The daemon's refusal of a stream beyond its own limit."""
    return b"INSTREAM size limit exceeded. ERROR\0"


@contextmanager
def daemon(answer: object = judged, path: str = "") -> Iterator[tuple[str, list[bytes]]]:
    """Its address, and what it was given."""
    kind: Any = socketserver.ThreadingUnixStreamServer if path else socketserver.ThreadingTCPServer
    with kind(path or ("127.0.0.1", 0), _Session) as server:
        server.seen, server.answer = [], answer
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield path or f"127.0.0.1:{server.server_address[1]}", server.seen
        finally:
            server.shutdown()
            thread.join()
