"""The lines of a deposited file that were left out, as they were sent: to correct and send again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indicators.domain.log_format import MAX_LINE
from indicators.engine.duck import kept_files, opened, text
from indicators.engine.unpack import chunks

_ROWS = 1000


@dataclass(frozen=True)
class Left:
    """A line left out: its number in the file, the column and code of the fault, the line itself without its end."""

    line: int
    column: str
    code: str
    sent: str


@dataclass(frozen=True)
class Told:
    """A line left out, with what was kept of it: its number, the column, value and code of the fault."""

    line: int
    column: str
    value: str
    code: str


def told(rejects: Path, folder: Path, *, code: str, start: int, count: int) -> list[Told]:
    """So many of the lines left out, from ``start`` (0 is the first), in order; of one code where it is given.

    ``folder``: a private place for what DuckDB may spill. Raises OSError where ``rejects`` is gone or unreadable.
    """
    query = f"""SELECT line, "column", value, code FROM read_parquet({text(rejects)})
        WHERE code = $code OR $code = '' ORDER BY line LIMIT $count OFFSET $start"""
    with opened(folder, memory="256MB", threads=1) as duck, kept_files():
        given = {"code": code, "count": count, "start": start}
        return [Told(*row) for row in duck.execute(query, given).fetchall()]


def is_json(raw: Path) -> bool:
    """Whether a log is JSON Lines: its first line that is not blank is an object."""
    start = next(iter(chunks(raw)), b"")
    return start.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n").startswith(b"{")


def left_out(raw: Path, rejects: Path, folder: Path) -> Iterator[Left]:
    """The lines left out, in order, read side by side with the file: memory does not grow with either.

    ``folder``: a private place for what DuckDB may spill. A line that is too long comes cut.
    """
    with opened(folder, memory="256MB", threads=1) as duck:
        found = duck.execute(f'SELECT line, "column", code FROM read_parquet({text(rejects)}) ORDER BY line')
        sent = _Lines(raw)
        while rows := found.fetchmany(_ROWS):
            for line, column, code in rows:
                yield Left(line, column, code, sent.at(line).decode("utf-8", "replace"))


class _Lines:
    """Physical lines by rising number; blocks without an asked line are only counted."""

    def __init__(self, raw: Path) -> None:
        self._blocks = _whole_lines(raw)
        self._first, self._count = 1, 0
        self._block = b""
        self._split: list[bytes] | None = None

    def at(self, number: int) -> bytes:
        """The line of this number, not lower than the last one asked. Raises EOFError past the end."""
        while number >= self._first + self._count:
            self._first += self._count
            self._block = next(self._blocks, b"")
            if not self._block:
                raise EOFError(f"line {number} is past the end of the file")
            self._count, self._split = self._block.count(b"\n"), None
        if self._split is None:
            self._split = self._block.split(b"\n")
        return self._split[number - self._first].removesuffix(b"\r")


def _whole_lines(raw: Path) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks(raw):
        block = rest + chunk
        end = block.rfind(b"\n") + 1
        if end:
            yield block[:end]
            rest = block[end:]
        else:
            rest = block[: MAX_LINE + 1]
    if rest:
        yield rest + b"\n"
