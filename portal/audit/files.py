"""The published roots as files, outside the database: ``<day>.json.gz`` to prove with, ``….public.json.gz`` to give.

Canonical JSON in gzip, a few dozen bytes a chain; beside them ``.p7s`` and ``.tst``, the seal over the statement.
Written whole or not at all; a day is written once, and once more by a seal that came later.
"""

from __future__ import annotations

import gzip
import json
import os
import tempfile
import zlib
from datetime import date
from pathlib import Path

from django.conf import settings

from portal.audit.domain.anchors import RootFile, Seal, file_from

MAX_BYTES = 2**31
"""No root file is larger once inflated: more is not one of ours."""


class BadRootFile(Exception):
    """A published root is missing, or cannot be read: the French words say which."""


def heads_path(day: date) -> Path:
    """Where the file with every head of a day lies."""
    return _folder() / f"{day.isoformat()}.json.gz"


def public_path(day: date) -> Path:
    """Where the file for everybody lies."""
    return _folder() / f"{day.isoformat()}.public.json.gz"


def seal_parts(seal: Seal) -> dict[str, bytes | None]:
    """The parts of a seal by the ending of their file: a detached CMS signature, an RFC 3161 token."""
    return {"p7s": seal.signature, "tst": seal.token}


def seal_path(day: date, ending: str) -> Path:
    """Where a part of the seal of a day lies."""
    return _folder() / f"{day.isoformat()}.{ending}"


def read_plain(path: Path) -> bytes | None:
    """A part of a seal; None where it is missing."""
    return path.read_bytes() if path.exists() else None


def published_days() -> list[date]:
    """The days of which a file with the heads lies there, sorted; other files are none of ours."""
    found = []
    for path in _folder().glob("????-??-??.json.gz"):
        try:
            found.append(date.fromisoformat(path.name[:10]))
        except ValueError:
            continue
    return sorted(found)


def write(path: Path, content: bytes) -> None:
    """Put the file there, compressed and durably."""
    write_plain(path, gzip.compress(content, compresslevel=6, mtime=0))


def write_plain(path: Path, content: bytes) -> None:
    """Put the file there durably: temporary name, fsync, rename, fsync of the folder."""
    handle, temporary = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)  # created 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path) -> RootFile:
    """A root file, compressed or not. Raises ``BadRootFile``."""
    try:
        content = path.read_bytes()
        if content.startswith(b"\x1f\x8b"):
            content = _inflated(content)
        return file_from(json.loads(content))
    except FileNotFoundError:
        raise BadRootFile(f"le fichier {path.name} manque") from None
    except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise BadRootFile(f"le fichier {path.name} est illisible ({error})") from None


def read_heads(day: date) -> RootFile:
    """The file of a day that names the chains. Raises ``BadRootFile``, also for one that names none of them."""
    found = read(heads_path(day))
    if len(found.heads) != len(found.leaves):
        raise BadRootFile(f"le fichier {heads_path(day).name} ne nomme pas les chaînes")
    return found


def _inflated(content: bytes) -> bytes:
    inflate = zlib.decompressobj(wbits=31)
    found = inflate.decompress(content, MAX_BYTES)
    if inflate.unconsumed_tail or not inflate.eof:
        raise ValueError("not one whole gzip file of a sensible size")
    return found


def _folder() -> Path:
    """The folder of the roots, made on first use for the portal's own user only."""
    path = Path(settings.AUDIT_FOLDER)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
