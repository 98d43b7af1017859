"""The process that owns the embedded engines, for as long as someone uses them.

``make run`` and every ``manage.py`` command are its clients: each holds a socket to it, which the kernel closes
however the client ends. With the last client gone it stops the engines and ends; so two commands at once share one
set of engines, whichever ends first, and a killed command leaves nothing behind. If the keeper itself is killed, the
engines get their death signal and every client sees its socket close.

Run by :mod:`portal.config.embedded.session` as ``python -m portal.config.embedded.keeper VAR FD``.
"""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from portal.config.embedded.errors import EmbeddedError
from portal.config.embedded.lines import Closed, Lines
from portal.config.embedded.locks import FileLock
from portal.config.embedded.paths import Layout
from portal.config.embedded.postgres import Postgres, home_of
from portal.config.embedded.process import describe_status
from portal.config.embedded.redis import Redis

_TICK = 0.25
_STOPPED = 0
_ENGINE_DIED = 3


class Keeper:
    """Serves requests for engines over unix sockets, one JSON object a line."""

    def __init__(self, layout: Layout, first_client: socket.socket) -> None:
        self._layout = layout
        self._door = FileLock(layout.door)
        self._lock = FileLock(layout.keeper)
        self._engines: dict[str, Postgres | Redis] = {}
        self._selector = selectors.DefaultSelector()
        self._clients: dict[socket.socket, Lines] = {}
        self._leaving: list[Lines] = []
        self._asked_to_stop = False
        self._throw_away = False
        self._add_client(first_client)

    def serve(self) -> int:
        """Until the last client is gone, an engine dies, or a signal comes."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: self._ask_to_stop())
        self._lock.acquire(30.0)
        self._run = self._layout.run_folder(home_of(self._layout)[1])
        self._listen(self._run / "keeper.sock")
        status = _STOPPED
        try:
            while not self._asked_to_stop:
                for key, _ in self._selector.select(_TICK):
                    key.data(key.fileobj)
                if self._report_dead_engine():
                    status = _ENGINE_DIED
                    break
                if not self._clients and self._may_close():
                    break
        finally:
            self._stop_engines()
            self._listener.close()
            shutil.rmtree(self._run, ignore_errors=True)
            self._remove_throw_away()
        return status

    def _remove_throw_away(self) -> None:
        """The data of tests: nobody reads them again, and a killed test run cannot remove them itself."""
        if self._throw_away and self._layout.marker.exists():
            shutil.rmtree(self._layout.var, ignore_errors=True)

    def _ask_to_stop(self) -> None:
        self._asked_to_stop = True

    def _listen(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(64)
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ, lambda _: self._accept())
        self._lock.write(json.dumps({"pid": os.getpid(), "socket": str(path)}))

    def _accept(self) -> bool:
        """Take one waiting client; whether there was one."""
        try:
            connection, _ = self._listener.accept()
        except BlockingIOError:
            return False
        self._add_client(connection)
        return True

    def _add_client(self, connection: socket.socket) -> None:
        self._clients[connection] = Lines(connection)
        self._selector.register(connection, selectors.EVENT_READ, self._read)

    def _read(self, connection: socket.socket) -> None:
        """A request, or the end of a client."""
        lines = self._clients[connection]
        try:
            request = lines.receive(1.0)
        except Closed:
            self._selector.unregister(connection)
            self._leaving.append(self._clients.pop(connection))
            self._tell_leaving()
            return
        if request is not None:
            lines.send(self._answer(request))

    def _tell_leaving(self) -> None:
        """Those who leave wait for the engines to stop, unless others still need them."""
        if self._clients:
            for lines in self._leaving:
                lines.send({"others": len(self._clients)})
                lines.close()
            self._leaving.clear()

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Start the engines asked for that do not run yet."""
        self._throw_away = request["tuning"] == "test"
        try:
            for name in request["engines"]:
                if name not in self._engines:
                    engine = self._make(name, request["tuning"])
                    engine.start()
                    self._engines[name] = engine
        except EmbeddedError as error:
            return {"error": error.message, "log": str(error.log or ""), "tail": error.tail}
        return {"ready": list(self._engines), "run": str(self._run)}

    def _make(self, name: str, tuning: str) -> Postgres | Redis:
        if name == "postgres":
            return Postgres(self._layout, self._run, tuning)
        return Redis(self._layout, self._run)

    def _report_dead_engine(self) -> bool:
        """Tell every client which engine died and what it wrote last."""
        for engine in self._engines.values():
            child = engine.child
            if child is not None and not child.running():
                notes = child.tail()
                status = describe_status(child.reap())
                for lines in self._clients.values():
                    lines.send({"died": engine.name, "status": status, "log": str(engine.log), "tail": notes})
                return True
        return False

    def _may_close(self) -> bool:
        """Whether nobody is coming: the door is then kept shut until we are gone."""
        if not self._door.try_acquire():
            return False
        if self._accept():
            self._door.release()
            self._tell_leaving()
            return False
        return True

    def _stop_engines(self) -> None:
        """Redis first: it holds messages about rows that are in PostgreSQL."""
        for name in ("redis", "postgres"):
            if name in self._engines:
                self._engines[name].stop()


def main(arguments: list[str]) -> int:
    """``VAR FD``: the state folder, and the inherited socket of the first client."""
    os.umask(0o077)
    layout = Layout(Path(arguments[0]))
    first_client = socket.socket(fileno=int(arguments[1]))
    first_client.set_inheritable(False)
    try:
        return Keeper(layout, first_client).serve()
    except EmbeddedError as error:
        Lines(first_client).send({"error": error.message, "log": str(error.log or ""), "tail": error.tail})
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
