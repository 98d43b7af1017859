"""One physical line in, one clean line out: what DuckDB reads cannot lie about line numbers.

A block of clean ASCII lines passes as it is; a block with anything else goes line by line. Lines that are not data are
marked (``BLANK``, ``LONG``, ``MALFORMED``), so that the number of a line is its rank.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from indicators.domain.log_format import HEADER, MAX_LINE, PATIENT
from indicators.engine.json_lines import cells, told, unescaped
from indicators.engine.refusals import FileRefused

MARK = "\x1e"
BLANK, LONG, MALFORMED = f"{MARK}B", f"{MARK}L", f"{MARK}M"
NUL = "\u2400"
_CONTROLS = tuple(bytes([code]) for code in (0, 0x0D, 0x22, 0x1C, 0x1D, 0x1E, 0x1F))
_TEXT = str.maketrans(
    {"\0": NUL, "\r": "\u240d", "\x1c": "\u241c", "\x1d": "\u241d", "\x1e": "\u241e", "\x1f": "\u241f"}
)
_BLANK_START = re.compile(rb"\n[\n \t]")  # quicker than three searches for two bytes
_PATIENT = re.compile(PATIENT)
_PLACES = 20
_KEPT = 128  # more than fifteen digits, each escaped
_PIECE = 64 * 1024  # of a block that is not clean, only the pieces that are not go line by line


@dataclass
class Normalised:
    """What was written: data lines by slice, the physical number of the first one, lines that look like a NIR."""

    first: int = 1
    lines: int = 0
    blank: int = 0
    json: bool = False
    slices: list[tuple[Path, int]] = field(default_factory=list)
    suspect: list[int] = field(default_factory=list)


def normalise(parts: Iterable[bytes], folder: Path, *, slice_lines: int) -> Iterator[Normalised]:
    """Write the clean lines of each slice and give the state after it. Raises ``FileRefused``."""
    return _Normaliser(folder, slice_lines).run(parts)


class _Normaliser:
    def __init__(self, folder: Path, slice_lines: int) -> None:
        self.folder, self.most = folder, slice_lines
        self.seen = Normalised()
        self.started = False
        self.written = 0  # lines of the open slice
        self.file: BinaryIO | None = None

    def run(self, parts: Iterable[bytes]) -> Iterator[Normalised]:
        """The state after each slice; the open slice is closed whatever happens."""
        try:
            yield from self._run(parts)
        finally:
            if self.file is not None:
                self.file.close()

    def _run(self, parts: Iterable[bytes]) -> Iterator[Normalised]:
        rest = b""
        for part in parts:
            block = rest + part if rest else part
            end = block.rfind(b"\n") + 1
            if not end:
                rest = self._too_long(block)
                continue
            rest = block[end:]
            yield from self._take(block[:end])
        if rest:
            yield from self._take(rest + b"\n")
        if self.file is not None:
            yield self._close()
        if not self.started or self.seen.lines == 0:
            raise FileRefused("empty")

    def _too_long(self, block: bytes) -> bytes:
        """A line without an end in sight keeps only what tells that it is too long, but is searched whole."""
        if len(block) <= MAX_LINE + 8:
            return block
        if not self.started:
            self._open(block[:MAX_LINE])
        return self._cut(block)

    def _cut(self, block: bytes) -> bytes:
        self._search_long(block, self.seen.first + self.seen.lines + self.seen.blank)
        # The last characters stay, so that digits across two chunks are seen together.
        return block[: MAX_LINE + 8] + block[-_KEPT:]

    def _search_long(self, raw: bytes, number: int) -> None:
        text = raw.decode("utf-8", "replace")
        if _PATIENT.search(text) or (self.seen.json and _PATIENT.search(unescaped(text))):
            self._suspect(number)

    def _suspect(self, number: int) -> None:
        if len(self.seen.suspect) < _PLACES and number not in self.seen.suspect:
            self.seen.suspect.append(number)

    def _take(self, block: bytes) -> Iterator[Normalised]:
        if not self.started:
            block = self._open(block)
            if not block:
                return
        if not self.seen.json and _is_clean(block):
            yield from self._write(block, clean=True)
            return
        start = 0
        while start < len(block):
            end = block.rfind(b"\n", start, start + _PIECE) + 1 or block.index(b"\n", start) + 1
            piece = block[start:end]
            start = end
            clean = not self.seen.json and _is_clean(piece)
            yield from self._write(piece if clean else self._by_line(piece), clean=clean)

    def _write(self, text: bytes, *, clean: bool) -> Iterator[Normalised]:
        count = text.count(b"\n")
        if clean:
            self.seen.lines += count
        if self.file is None:
            path = self.folder / f"slice-{len(self.seen.slices)}"
            self.file = path.open("wb", buffering=0)
            self.seen.slices.append((path, 0))
        self.file.write(text)
        self.written += count
        if self.written >= self.most:
            yield self._close()

    def _close(self) -> Normalised:
        if self.file is not None:
            self.file.close()
            self.file = None
        self.seen.slices[-1] = (self.seen.slices[-1][0], self.written)
        self.written = 0
        return self.seen

    def _open(self, block: bytes) -> bytes:
        """The byte order mark, blank lines and header away; which of the two forms it is."""
        if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise FileRefused("bad_encoding")
        if self.seen.first == 1:
            block = block.removeprefix(codecs.BOM_UTF8)
        while block:
            line, _, after = block.partition(b"\n")
            if line.strip(b" \t\r"):
                break
            self.seen.first += 1
            block = after
        if not block:
            return b""
        if b"\0" in line:
            raise FileRefused("bad_encoding")
        _decoded(line)
        self.started = True
        if line.lstrip(b" \t").startswith(b"{"):
            self.seen.json = True
            return block
        if line.removesuffix(b"\r") != HEADER.encode():
            raise FileRefused("bad_header")
        self.seen.first += 1
        return after

    def _by_line(self, block: bytes) -> bytes:
        out = []
        for raw in block[:-1].split(b"\n"):
            out.append(self._line(raw.removesuffix(b"\r")))
        return ("\n".join(out) + "\n").encode()

    def _line(self, raw: bytes) -> str:
        if not raw.strip(b" \t\r"):
            self.seen.blank += 1
            return BLANK
        number = self.seen.first + self.seen.lines + self.seen.blank
        self.seen.lines += 1
        if len(raw) > MAX_LINE:
            self._search_long(raw, number)
            _decoded(raw[:MAX_LINE], cut=True)
            return LONG
        text = _decoded(raw)
        if self.seen.json:
            return self._object(text, number)
        return text.translate(_TEXT)

    def _object(self, text: str, number: int) -> str:
        found = cells(text)
        if found is not None:
            return found
        if _PATIENT.search(told(text)):
            self._suspect(number)
        return f"{MALFORMED}{text.translate(_TEXT)}"


def _decoded(raw: bytes, *, cut: bool = False) -> str:
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(raw, final=not cut)
    except UnicodeDecodeError:
        raise FileRefused("bad_encoding") from None


def _is_clean(block: bytes) -> bool:
    """Only ASCII lines that DuckDB reads as they are: no control, quote, blank or endless line."""
    if not block.isascii() or block.startswith((b"\n", b" ", b"\t")) or any(control in block for control in _CONTROLS):
        return False
    if _BLANK_START.search(block):
        return False
    at = -1
    while at < len(block) - 1:
        end = block.rfind(b"\n", at + 1, at + 2 + MAX_LINE)
        if end < 0:
            return False
        at = end
    return True
