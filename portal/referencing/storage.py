"""Files of proofs: one folder, one file per SHA-256, written whole or not at all, never removed."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings


class DamagedProof(Exception):
    """The file of a proof is missing or is no longer what was deposited: somebody must look."""


def _folder() -> Path:
    path = Path(settings.PROOFS_FOLDER)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def store(content: bytes) -> str:
    """Store bytes durably under their hash and return it; the same bytes twice give the same file."""
    sha256 = hashlib.sha256(content).hexdigest()
    home = _folder()
    handle, temporary = tempfile.mkstemp(prefix=".", suffix=".part", dir=home)  # created 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, home / sha256)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    descriptor = os.open(home, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return sha256


def read(sha256: str) -> bytes:
    """The bytes stored under a hash, proved to have it. Raises ``DamagedProof`` otherwise."""
    try:
        content = (_folder() / sha256).read_bytes()
    except FileNotFoundError:
        raise DamagedProof(f"{sha256} is missing") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DamagedProof(f"{sha256} no longer has its SHA-256")
    return content
