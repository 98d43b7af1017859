"""Locks between processes: ``flock``, because the kernel drops it with its holder, however the holder ends."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from portal.config.embedded.errors import EmbeddedError

_TICK = 0.05


class FileLock:
    """An exclusive lock on a file, whose text may tell the others who holds it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except PermissionError as error:
            raise EmbeddedError(
                f"{path} appartient à un autre compte : utilisez ce compte, ou un autre PORTAL_VAR."
            ) from error

    def try_acquire(self) -> bool:
        """Take the lock if it is free."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def acquire(self, seconds: float, check: Callable[[], None] = lambda: None) -> None:
        """Take the lock within this time; ``check`` may raise to give up earlier."""
        deadline = time.monotonic() + seconds
        while not self.try_acquire():
            check()
            if time.monotonic() >= deadline:
                raise EmbeddedError(f"une autre commande tient {self.path} depuis plus de {seconds:.0f} s.")
            time.sleep(_TICK)

    def release(self) -> None:
        """Let the lock go, keep the file open."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def write(self, text: str) -> None:
        """Say to the others who holds it."""
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text.encode(), 0)

    def read(self) -> str:
        """What its holder says."""
        return os.pread(self._descriptor, 65_536, 0).decode("utf-8", "replace")

    def close(self) -> None:
        """Let everything go."""
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
