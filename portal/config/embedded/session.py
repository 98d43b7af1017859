"""The use of the embedded engines by one process: started if nobody runs them, joined if somebody does."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

from portal.config.embedded.errors import EmbeddedError
from portal.config.embedded.lines import Closed, Lines
from portal.config.embedded.locks import FileLock
from portal.config.embedded.options import REPOSITORY
from portal.config.embedded.paths import Layout
from portal.config.embedded.process import open_log, tail

_DOOR_SECONDS = 180.0
_TICK = 0.1

Check = Callable[[], None]


def _nothing() -> None:
    """The check of a caller that has nothing to check."""


class Lease:
    """A claim on the engines, held by an open socket: they run at least until it is closed."""

    def __init__(
        self, layout: Layout, engines: Sequence[str], *, tuning: str = "durable", check: Check = _nothing
    ) -> None:
        """Wait until the engines answer; ``check`` is called meanwhile and may raise to give up."""
        self._layout = layout
        self._check = check
        self._keeper: subprocess.Popen[bytes] | None = None
        self._lines: Lines | None = None
        self._log = layout.logs / "keeper.log"
        self._log_start = self._log.stat().st_size if self._log.exists() else 0
        try:
            with FileLock(layout.door) as door:
                door.acquire(_DOOR_SECONDS, check)
                self._lines = Lines(self._join() or self._start())
                answer = self._ask(self._lines, {"engines": list(engines), "tuning": tuning})
        except BaseException:
            self.close()
            raise
        self.run = Path(answer["run"])

    def _join(self) -> socket.socket | None:
        """The running keeper's socket. None when its lock is free: nobody runs the engines."""
        with FileLock(self._layout.keeper) as lock:
            deadline = time.monotonic() + 30.0
            while not lock.try_acquire():
                connection = socket.socket(socket.AF_UNIX)
                try:
                    connection.connect(str(json.loads(lock.read())["socket"]))
                    return connection
                except (OSError, ValueError):
                    # It has just been killed, or is ending: its lock is about to be free.
                    connection.close()
                if time.monotonic() > deadline:
                    raise EmbeddedError(
                        f"les moteurs de {self._layout.var} ne répondent plus : arrêtez le processus {lock.read()}."
                    )
                self._check()
                time.sleep(_TICK)
        return None

    def _start(self) -> socket.socket:
        """A keeper of our own, in a session of its own so that a terminal's Ctrl-C does not reach it."""
        ours, its = socket.socketpair()
        with its, open_log(self._log) as log:
            self._keeper = subprocess.Popen(
                [sys.executable, "-m", "portal.config.embedded.keeper", str(self._layout.var), str(its.fileno())],
                cwd=REPOSITORY,
                env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(its.fileno(),),
                start_new_session=True,
            )
        return ours

    def _ask(self, lines: Lines, request: dict[str, Any]) -> dict[str, Any]:
        lines.send(request)
        try:
            while (answer := lines.receive(_TICK)) is None:
                self._check()
        except Closed:
            raise self._keeper_died() from None
        if "error" in answer:
            raise _error(answer["error"], answer)
        return answer

    def _keeper_died(self) -> EmbeddedError:
        notes = tail(self._log, start=self._log_start)
        return EmbeddedError("le gardien des moteurs s'est arrêté.", log=self._log, tail=notes)

    def verify(self) -> None:
        """Raise if an engine, or their keeper, died since."""
        if self._lines is None:
            return
        try:
            message = self._lines.receive(0.0)
        except Closed:
            raise self._keeper_died() from None
        if message is not None and "died" in message:
            raise _error(f"{message['died']} s'est arrêté ({message['status']}).", message)

    def close(self) -> bool:
        """Let the engines go and wait until they have stopped; False when others still use them."""
        if self._lines is None:
            return True
        lines, self._lines = self._lines, None
        stopped = _wait_for_stop(lines)
        lines.close()
        if self._keeper is not None:
            if stopped:
                self._keeper.wait()
            else:
                self._keeper.returncode = 0  # not ours to wait for any more: without this, Popen warns about it
        return stopped

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _wait_for_stop(lines: Lines) -> bool:
    lines.say_goodbye()
    try:
        while True:
            message = lines.receive(_TICK)
            if message is not None and "others" in message:
                return False
    except Closed:
        return True


def _error(sentence: str, message: dict[str, Any]) -> EmbeddedError:
    return EmbeddedError(sentence, log=Path(message["log"]) if message["log"] else None, tail=message["tail"])
