"""The file on disk: digest and encoding in one pass, without holding it in memory.

Encoding (README of the FINESS samples): strict UTF-8 for the whole file, else cp1252 for the whole file; but a file
that is UTF-8 all over except a few broken bytes is refused, since read as cp1252 every accent of it would be wrong.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from io import BufferedReader
from pathlib import Path

from portal.registry.domain.finess_layout import parse_date
from portal.registry.domain.finess_remarks import FileRefused

_CHUNK = 1 << 20
_LONGEST_LINE = 1 << 16
_NOT_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_UTF8_PAIR = re.compile(rb"[\xc2\xc3][\x80-\xbf]")
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")
_DAY_IN_NAME = re.compile(r"(?<![0-9])(20[0-9]{2})([0-9]{2})([0-9]{2})(?![0-9])")
_AGAIN = "Téléchargez de nouveau le fichier CSV sur data.gouv.fr et importez-le tel quel."


@dataclass(frozen=True)
class Source:
    """A file as received; ``encoding`` is utf-8 or cp1252."""

    path: Path
    sha256: str
    encoding: str

    @contextmanager
    def lines(self) -> Iterator[Iterator[str]]:
        """Its decoded lines, with their ends; a byte order mark is dropped, an endless line comes in pieces."""
        encoding = "utf-8-sig" if self.encoding == "utf-8" else self.encoding
        with self.path.open(encoding=encoding, newline="") as stream:
            yield iter(partial(stream.readline, _LONGEST_LINE), "")

    @property
    def named_date(self) -> date | None:
        """The day written ``aaaammjj`` in the file's name, if there is one."""
        found = _DAY_IN_NAME.search(self.path.name)
        return parse_date("-".join(found.groups())) if found else None


def examine(path: Path) -> Source:
    """Read the file once for its digest and encoding.

    Raises ``OSError`` when it cannot be read, ``FileRefused`` when it is not text (archive, workbook, UTF-16).
    """
    with path.open("rb") as stream:
        return _examine(path, stream)


def _examine(path: Path, stream: BufferedReader) -> Source:
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    utf8, cp1252, in_pairs, high = True, True, 0, 0
    if stream.peek(4).startswith(_ARCHIVES):
        raise _not_text("c’est une archive ou un classeur (.zip, .gz, .xlsx, .xls), pas un fichier CSV")
    while chunk := stream.read(_CHUNK):
        if b"\x00" in chunk:
            raise _not_text("il contient des octets nuls : ce n’est ni de l’UTF-8 ni du Windows-1252")
        digest.update(chunk)
        utf8 = utf8 and _decodes(decoder, chunk)
        cp1252 = cp1252 and _NOT_CP1252.search(chunk) is None
        in_pairs += 2 * len(_UTF8_PAIR.findall(chunk))
        high += len(_HIGH_BYTE.findall(chunk))
    utf8 = utf8 and _decodes(decoder, b"", final=True)
    if not utf8 and in_pairs * 2 > high:
        raise _not_text("il est en UTF-8 mais des octets en sont abîmés (téléchargement coupé, fichier retouché)")
    if not utf8 and not cp1252:
        raise _not_text("ses caractères ne sont ni de l’UTF-8 ni du Windows-1252")
    return Source(path, digest.hexdigest(), "utf-8" if utf8 else "cp1252")


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _not_text(why: str) -> FileRefused:
    return FileRefused("unreadable_encoding", f"Fichier refusé : {why}. {_AGAIN}")
