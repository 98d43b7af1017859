"""Seeing and starting processes in the tests of the embedded setup."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from portal.config.embedded.options import REPOSITORY


def those_of(folder: Path) -> dict[int, str]:
    """The living processes that work in a folder, or were told of it, with their command lines."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        pid = int(process.name)
        if pid == os.getpid():
            continue
        try:
            if process.joinpath("stat").read_text().rpartition(")")[2].split()[0] == "Z":
                continue
            line = process.joinpath("cmdline").read_bytes()
            told = _read(process / "environ") + line + os.fsencode(_link(process / "cwd"))
        except OSError:
            continue
        if os.fsencode(folder) in told:
            found[pid] = line.replace(b"\0", b" ").decode("utf-8", "replace")
    return found


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _link(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:
        return ""


def wait_for(condition: Callable[[], object], seconds: float = 20.0) -> bool:
    """Whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def wait_until_none(folder: Path, seconds: float = 10.0) -> dict[int, str]:
    """The processes of this folder that still live after this time; hopefully none."""
    wait_for(lambda: not those_of(folder), seconds)
    return those_of(folder)


def find(folder: Path, text: str) -> int:
    """The oldest process whose command line has this text."""
    return min(pid for pid, line in those_of(folder).items() if text in line)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Running:
    """A started command, read line by line."""

    def __init__(self, argv: list[str], env: dict[str, str], cwd: Path) -> None:
        self.process = subprocess.Popen(argv, env=env, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.pid = self.process.pid
        self.text = ""

    def read_until(self, text: str, seconds: float = 60.0) -> str:
        """Read until this text was printed, or the output ended."""
        assert self.process.stdout is not None
        deadline = time.monotonic() + seconds
        while text not in self.text:
            assert time.monotonic() < deadline, f"« {text} » not printed in {seconds} s:\n{self.text}"
            if select.select([self.process.stdout], [], [], 0.1)[0]:
                data = os.read(self.process.stdout.fileno(), 65_536)
                assert data, f"ended without « {text} »:\n{self.text}"
                self.text += data.decode("utf-8", "replace")
        return self.text

    def finish(self, seconds: float = 60.0) -> int:
        """Wait for the end; its status."""
        rest, _ = self.process.communicate(timeout=seconds)
        self.text += rest.decode("utf-8", "replace")
        return self.process.returncode

    def kill(self) -> None:
        """``kill -9``, as a careless person would."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@dataclass
class Stack:
    """The stand-in clone."""

    tree: Path
    environ: dict[str, str]
    python: str

    def run(self, *, port: int, **env: str) -> Running:
        """``make run``, without make."""
        beside = str(free_port())  # not the next one along: a parallel test may have taken it
        return self._start(["-m", "portal.config.embedded"], PORT=str(port), PORTAL_IDENTITY_PORT=beside, **env)

    def manage(self, *arguments: str, **env: str) -> Running:
        """A ``manage.py`` command."""
        return self._start(["manage.py", *arguments], **env)

    def _start(self, arguments: list[str], **env: str) -> Running:
        variables = {**self.environ, "PORTAL_VAR": str(self.var), "PYTHONUNBUFFERED": "1", **env}
        return Running([self.python, *arguments], variables, self.tree)

    @property
    def var(self) -> Path:
        """Its state folder."""
        return self.tree / "var"


def run_python(code: str, environ: dict[str, str], *arguments: str) -> Running:
    """A Python program that can import the portal."""
    return Running([sys.executable, "-c", code, *arguments], {**environ, "PYTHONUNBUFFERED": "1"}, REPOSITORY)
