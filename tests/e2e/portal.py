"""The portal as « make run » starts it: PostgreSQL, Redis, site, worker and beat, with the demo cast."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal.config.embedded.options import REPOSITORY

_READY_SECONDS, _STOP_SECONDS = 240.0, 60.0
# The engines of the test run are not those of the portal under test, nor a person's own settings its settings.
_FOREIGN = ("DATABASE_URL", "CELERY_BROKER_URL", "PORT", "DJANGO_SETTINGS_MODULE")


@dataclass(frozen=True)
class Portal:
    """A running portal: its address, and where its state and logs lie."""

    address: str
    folder: Path


@contextmanager
def running_portal() -> Iterator[Portal]:
    """Start the real supervisor in a folder of its own, and stop it in order."""
    folder = Path(tempfile.mkdtemp(prefix="portal-e2e-"))
    folder.chmod(0o711)  # root's PostgreSQL runs under another account, which has to pass through
    port = _free_port()
    console = folder / "console.log"
    with console.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "portal.config.embedded", "--follow-parent"],
            cwd=REPOSITORY,
            env=_environment(folder / "var", port),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_ready(process, console)
        yield Portal(f"http://127.0.0.1:{port}", folder / "var")
    finally:
        _stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def _environment(var: Path, port: int) -> dict[str, str]:
    own = {
        name: v for name, v in os.environ.items() if name not in _FOREIGN and not name.startswith(("PORTAL_", "PSC_"))
    }
    return {**own, "PORTAL_VAR": str(var), "PORT": str(port), "PORTAL_IDENTITY_PORT": str(_free_port())}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(process: subprocess.Popen[bytes], console: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while "Le portail est prêt" not in (said := console.read_text("utf-8")):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the portal did not start (status {process.poll()}):\n{said}")
        time.sleep(0.2)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()  # its children have a death signal: nothing is left behind
        process.wait()
        raise
