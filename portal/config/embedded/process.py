"""Child processes that cannot outlive us, stop in order and say what they were doing when they died.

The kernel kills a child when its parent dies (``PR_SET_PDEATHSIG``), even by ``kill -9``. Three traps, each handled
here: changing uid clears that setting, so it is made after the change (``Popen`` runs ``preexec_fn`` last); the parent
may already be dead when it is made, so the child looks at its parent again afterwards; it follows the parent *thread*,
so children are only started from the main one.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from portal.config.embedded.errors import EmbeddedError

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
_RESET = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP)
_TICK = 0.05
_LOG_LIMIT = 5_000_000

StopPlan = Sequence[tuple[signal.Signals, float]]


@dataclass(frozen=True)
class Account:
    """The unprivileged account that a child runs as when we are root."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Command:
    """What to run: ``stop`` is the signals to send in turn, each with the seconds it is given.

    ``capture`` keeps its standard output for :meth:`Child.output` instead of the log.
    """

    name: str
    argv: Sequence[str]
    log: Path
    env: Mapping[str, str]
    cwd: Path
    account: Account | None = None
    death_signal: signal.Signals = signal.SIGKILL
    stop: StopPlan = ((signal.SIGTERM, 10.0),)
    capture: bool = False


def die_with_parent(parent: int, death_signal: signal.Signals = signal.SIGKILL) -> None:
    """Ask the kernel for ``death_signal`` when the parent dies; end now if it is dead already."""
    if _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def _preparation(death_signal: signal.Signals) -> Callable[[], None]:
    """What the child does between fork and exec: default signals again (a shell's ``&`` ignores some), death signal."""
    parent = os.getpid()

    def prepare() -> None:
        for number in _RESET:
            signal.signal(number, signal.SIG_DFL)
        die_with_parent(parent, death_signal)

    return prepare


def popen(
    command: Command, *, stdin: int | IO[bytes], stdout: int | IO[bytes], stderr: int | IO[bytes]
) -> subprocess.Popen[bytes]:
    """Start the command in a session of its own, so that a terminal's Ctrl-C reaches only us."""
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("children are started from the main thread: their death signal follows it")
    account = command.account
    try:
        return subprocess.Popen(
            list(command.argv),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env=dict(command.env),
            cwd=command.cwd,
            start_new_session=True,
            umask=0o077,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            preexec_fn=_preparation(command.death_signal),
        )
    except (OSError, subprocess.SubprocessError) as error:
        who = f" sous le compte {account.name}" if account else ""
        raise EmbeddedError(f"{command.name} ne peut pas être lancé{who} : {error}") from error


def open_log(path: Path) -> IO[bytes]:
    """The log to append to; past a few megabytes the former one is kept aside as ``.1``."""
    if path.exists() and path.stat().st_size > _LOG_LIMIT:
        path.replace(path.with_name(path.name + ".1"))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    return os.fdopen(descriptor, "ab", buffering=0)


def tail(path: Path, *, start: int = 0, lines: int = 20) -> str:
    """The last lines written to the log since ``start``."""
    try:
        with path.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(max(min(start, size), size - 16_384))
            return "\n".join(log.read().decode("utf-8", "replace").splitlines()[-lines:])
    except OSError:
        return ""


class Child:
    """A running command. Its number stays ours until :meth:`stop` has ended its whole process group."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.name = command.name
        self._captured: IO[bytes] | None = tempfile.TemporaryFile() if command.capture else None  # noqa: SIM115 - closed by output()
        with open_log(command.log) as log:
            self._log_start = os.fstat(log.fileno()).st_size
            self._popen = popen(command, stdin=subprocess.DEVNULL, stdout=self._captured or log, stderr=log)
        self.pid = self._popen.pid

    def running(self) -> bool:
        """Whether it lives. A dead one is not reaped yet: its number must not be reused while its group lives."""
        if self._popen.returncode is not None:
            return False
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process itself, if it still lives."""
        if self.running():
            os.kill(self.pid, number)

    def wait(self, seconds: float) -> bool:
        """Whether it ended within this time."""
        deadline = time.monotonic() + seconds
        while self.running():
            if time.monotonic() >= deadline:
                return False
            time.sleep(_TICK)
        return True

    def stop(self, *, hurry: Callable[[], bool] = lambda: False) -> int:
        """Follow the stop plan, then kill what is left of its process group; the exit status.

        ``hurry`` cuts the patience short: a second Ctrl-C.
        """
        for number, patience in self.command.stop:
            self.signal(number)
            deadline = time.monotonic() + patience
            while self.running() and time.monotonic() < deadline and not hurry():
                time.sleep(_TICK)
        return self.reap()

    def reap(self) -> int:
        """End the process group for good and read the exit status (negative: the signal that killed it)."""
        if self._popen.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        return self._popen.wait()

    def output(self) -> str:
        """What it printed, when it was to be captured; read once, after its end."""
        if self._captured is None:
            return ""
        with self._captured as file:
            file.seek(0)
            return file.read().decode("utf-8", "replace")

    def failure(self, message: str) -> EmbeddedError:
        """The error that shows what this child wrote last."""
        return EmbeddedError(message, log=self.command.log, tail=self.tail())

    def tail(self) -> str:
        """Its last lines, of this start only."""
        return tail(self.command.log, start=self._log_start)


def describe_status(status: int) -> str:
    """An exit status in words."""
    if status >= 0:
        return f"code {status}"
    try:
        return f"signal {signal.Signals(-status).name}"
    except ValueError:
        return f"signal {-status}"
