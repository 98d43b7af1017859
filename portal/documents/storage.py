"""Files of documents: one folder, one file per SHA-256, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings


class DamagedDocument(Exception):
    """The file of a document is missing or is no longer what was stored: the proof is broken, somebody must look."""

    def __init__(self, sha256: str, *, missing: bool) -> None:
        self.missing = missing
        super().__init__(f"{sha256}.pdf is missing" if missing else f"{sha256}.pdf no longer has its SHA-256")


def folder() -> Path:
    """The folder of the documents, made on first use for the portal's own user only."""
    path = Path(settings.DOCUMENTS_FOLDER)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def path_of(sha256: str) -> Path:
    """Where the file of a hash lies."""
    return folder() / f"{sha256}.pdf"


def read(sha256: str) -> bytes:
    """The bytes stored under a hash, proved to have it. Raises ``DamagedDocument`` otherwise."""
    try:
        content = path_of(sha256).read_bytes()
    except FileNotFoundError:
        raise DamagedDocument(sha256, missing=True) from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DamagedDocument(sha256, missing=False)
    return content


def store(content: bytes) -> str:
    """Store bytes durably under their hash and return it: temporary name, fsync, rename, fsync of the folder.

    The same bytes twice give the same file, so a repeated or concurrent call is harmless.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    home = folder()
    handle, temporary = tempfile.mkstemp(prefix=".", suffix=".part", dir=home)  # created 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path_of(sha256))
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync_folder(home)
    return sha256


def stored_hashes() -> Iterator[str]:
    """The hashes that the names of the stored files claim, sorted."""
    yield from sorted(path.stem for path in folder().glob("*.pdf"))


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
