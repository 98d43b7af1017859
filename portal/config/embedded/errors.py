"""The one exception of the embedded setup: a sentence for the person at the terminal, never a traceback."""

from __future__ import annotations

from pathlib import Path


class EmbeddedError(Exception):
    """Something the person who typed the command can act on; ``log`` is where to read more."""

    def __init__(self, message: str, *, log: Path | None = None, tail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.log = log
        self.tail = tail

    def __str__(self) -> str:
        """The sentence, then the end of the log and its path when there is one."""
        parts = [self.message]
        if self.tail:
            parts.append("\n".join(f"  | {line}" for line in self.tail.splitlines()))
        if self.log is not None:
            parts.append(f"Journal : {self.log}")
        return "\n".join(parts)


class Interrupted(Exception):
    """Ctrl-C, SIGTERM or SIGHUP arrived: leave what is under way and stop in order."""
