"""Opening a deposited file: plain, gzip or zip by its first bytes, never unpacked past the bounds."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from indicators.domain.log_format import MAX_RATIO, MAX_UNPACKED
from indicators.engine.refusals import FileRefused

CHUNK = 1024 * 1024  # larger ones are new pages each time


def chunks(path: Path) -> Iterator[bytes]:
    """The unpacked bytes. Raises ``FileRefused``: ``bad_archive``, ``too_large``."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(4)
    if start[:2] == b"\x1f\x8b":
        yield from _bounded(_gzip(path), size * MAX_RATIO)
    elif start[:2] == b"PK":
        yield from _bounded(_zip(path), size * MAX_RATIO)
    else:
        yield from _bounded(_plain(path), MAX_UNPACKED)


def _bounded(parts: Iterator[bytes], most: int) -> Iterator[bytes]:
    left = min(most, MAX_UNPACKED)
    for part in parts:
        left -= len(part)
        if left < 0:
            raise FileRefused("too_large")
        yield part


def _plain(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        while part := file.read(CHUNK):
            yield part


def _gzip(path: Path) -> Iterator[bytes]:
    """Several members one after the other are one file; anything else after a member is damage."""
    inflate = zlib.decompressobj(wbits=31)
    with path.open("rb") as file:
        data = file.read(CHUNK)
        while data:
            try:
                part = inflate.decompress(data, CHUNK)
            except zlib.error:
                raise FileRefused("bad_archive") from None
            if part:
                yield part
            if inflate.eof:
                data = inflate.unused_data or file.read(CHUNK)
                if data:
                    inflate = zlib.decompressobj(wbits=31)
            else:
                data = inflate.unconsumed_tail or file.read(CHUNK)
    while not inflate.eof:
        part = inflate.decompress(b"", CHUNK)
        if not part:
            raise FileRefused("bad_archive")
        yield part


def _zip(path: Path) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) != 1 or members[0].is_dir() or members[0].flag_bits & 0x1:
                raise FileRefused("bad_archive")
            if members[0].file_size > min(path.stat().st_size * MAX_RATIO, MAX_UNPACKED):
                raise FileRefused("too_large")
            with archive.open(members[0]) as file:
                while part := file.read(CHUNK):
                    yield part
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError):
        raise FileRefused("bad_archive") from None
