"""The published roots as files, outside the database: ``<day>.json.gz`` to prove with, ``….public.json.gz`` to give.

Canonical JSON in gzip, a few dozen bytes a chain. Written whole or not at all; a day is written once.
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

from portal.audit.domain.anchors import RootFile, file_from

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
    """Put the file there durably: temporary name, fsync, rename, fsync of the folder."""
    handle, temporary = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)  # created 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(gzip.compress(content, compresslevel=6, mtime=0))
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
