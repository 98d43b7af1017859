"""The talk between the keeper of the engines and its clients: one JSON object a line, over a unix socket."""

from __future__ import annotations

import json
import socket
from contextlib import suppress
from typing import Any


class Closed(Exception):
    """The other side is gone."""


class Lines:
    """One side's end of the talk."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = b""

    def send(self, message: dict[str, Any]) -> None:
        """Say something, to a side that may be gone: reading tells that."""
        with suppress(OSError):
            self._connection.sendall(json.dumps(message).encode() + b"\n")

    def receive(self, seconds: float) -> dict[str, Any] | None:
        """The next message within this time."""
        if b"\n" not in self._buffer:
            self._connection.settimeout(seconds)
            try:
                data = self._connection.recv(65_536)
            except (TimeoutError, BlockingIOError):
                return None
            except OSError as error:
                raise Closed from error
            if not data:
                raise Closed
            self._buffer += data
        line, found, rest = self._buffer.partition(b"\n")
        if not found:
            return None
        self._buffer = rest
        message: dict[str, Any] = json.loads(line)
        return message

    def say_goodbye(self) -> None:
        """Tell the other side that nothing more will come, and still listen to it."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()
