"""Redis as a foreground child on a unix socket: the queue between the web and the worker, and the cache."""

from __future__ import annotations

import signal
import socket
import time
from pathlib import Path

from portal.config.embedded import binaries, leftovers
from portal.config.embedded.paths import Layout
from portal.config.embedded.process import Child, Command

_READY_SECONDS = 30.0
_STOP = ((signal.SIGTERM, 10.0),)


class Redis:
    """One server, no network, its queue kept on disk between two runs."""

    name = "Redis"

    def __init__(self, layout: Layout, run: Path) -> None:
        self._data = layout.redis
        self._socket = run / "redis.sock"
        self._pid_file = run / "redis.pid"
        self.log = layout.logs / "redis.log"
        self.child: Child | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        leftovers.end(self._pid_file, self._data, _STOP)
        self._socket.unlink(missing_ok=True)
        self.child = Child(self._command())
        deadline = time.monotonic() + _READY_SECONDS
        while self.child.running() and time.monotonic() < deadline:
            if _answers(self._socket):
                return
            time.sleep(0.02)
        failure = self.child.failure("Redis n'a pas démarré.")
        self.child.stop()
        raise failure

    def stop(self) -> None:
        """SIGTERM: it writes what it holds, then ends."""
        if self.child is not None:
            self.child.stop()

    def _command(self) -> Command:
        settings = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "pidfile": str(self._pid_file),
            "dir": str(self._data),
            "daemonize": "no",
            "appendonly": "yes",
            "save": "",
            "stop-writes-on-bgsave-error": "no",
        }
        argv = [str(binaries.redis_server())]
        argv += [part for key, value in settings.items() for part in (f"--{key}", value)]
        return Command(
            name=self.name,
            argv=argv,
            log=self.log,
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
            cwd=self._data,
            death_signal=signal.SIGTERM,
            stop=_STOP,
        )


def _answers(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1.0)
            probe.connect(str(path))
            probe.sendall(b"PING\r\n")
            return probe.recv(64).startswith(b"+PONG")
    except OSError:
        return False
