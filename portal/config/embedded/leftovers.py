"""What a killed run may have left: a server still stopping, or a number file that another process now answers to."""

from __future__ import annotations

import os
import time
from pathlib import Path

from portal.config.embedded.errors import EmbeddedError
from portal.config.embedded.process import StopPlan

_GRACE = 3.0


def end(pid_file: Path, folder: Path, plan: StopPlan) -> None:
    """Wait for, then stop, the server that this file names, and drop the file if it names something else.

    A server is recognised by its folder: two engines on the same data would ruin them, and a number alone says
    nothing after a restart of the machine. Call it with the keeper's lock held: no other run can be under way.
    """
    pid = _number(pid_file)
    if pid is None:
        return
    if not _works_in(pid, folder):
        pid_file.unlink(missing_ok=True)
        return
    if _gone(pid, folder, _GRACE):
        return
    for number, patience in plan:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        except PermissionError:
            break
        if _gone(pid, folder, patience):
            return
    raise EmbeddedError(f"un serveur d'une exécution précédente (processus {pid}) tient encore {folder} : arrêtez-le.")


def _number(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _works_in(pid: int, folder: Path) -> bool:
    """Whether the process works in this folder, or was told to: root without ptrace may not see the former."""
    process = Path(f"/proc/{pid}")
    try:
        return (process / "cwd").readlink() == folder
    except PermissionError:
        return _was_told(process, folder)
    except OSError:
        return False


def _was_told(process: Path, folder: Path) -> bool:
    try:
        return os.fsencode(folder) in (process / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False


def _gone(pid: int, folder: Path, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while _works_in(pid, folder):
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.05)
    return True
