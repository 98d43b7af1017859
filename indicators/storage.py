"""The folders of the activity logs. Everything but ``raw/`` can be made again from it.

``incoming/<deposit>``: being received, in quarantine; ``raw/<sha256>``: files as received, of accepted deposits;
``parts/<supplier>/<deposit>/``: accepted lines and rejects; ``work/<supplier>/``: what a reading needs while it lasts.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings

from portal.common import clock

_BLOCK = 4 * 1024 * 1024
_RECEPTION = 24 * 3600


def folder(*names: object) -> Path:
    """A folder of the store, made if needed, closed to other accounts."""
    path = Path(settings.ACTIVITY_FOLDER, *(str(name) for name in names))
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def receive(parts: Iterable[bytes]) -> tuple[Path, str, int]:
    """Write what arrives into quarantine; its path, SHA-256 and size. Nothing is left when it fails."""
    path, digest, size = folder("incoming") / f"{uuid4()}.part", hashlib.sha256(), 0
    try:
        with path.open("xb") as file:
            for part in parts:
                digest.update(part)
                file.write(part)
                size += len(part)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path, digest.hexdigest(), size


def partial(upload: UUID) -> Path:
    """Where a file that arrives in pieces is; the suffix lets it be forgotten after a day without any."""
    return folder("incoming") / f"{upload}.upload"


def append(path: Path, at: int, parts: Iterable[bytes]) -> Iterator[bytes]:
    """Write ``parts`` from the byte ``at`` on, in place of what follows it, and give back each once it is written."""
    with path.open("ab", buffering=0) as file:
        file.truncate(at)
        try:
            for part in parts:
                left = memoryview(part)
                while left:
                    left = left[file.write(left) :]
                yield part
        finally:
            os.fsync(file.fileno())


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def blocks(path: Path) -> Iterable[bytes]:
    """A file in blocks."""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def incoming(deposit: UUID) -> Path:
    """Where the bytes of a deposit wait until they are read."""
    return folder("incoming") / str(deposit)


def raw(sha256: str) -> Path:
    """Where the bytes of an accepted deposit are kept."""
    return folder("raw") / sha256


def parts(supplier: UUID, deposit: UUID) -> Path:
    """Where the accepted lines and the rejects of a deposit are; the folder may not exist."""
    return folder("parts", supplier) / str(deposit)


def bytes_of(deposit: UUID, sha256: str) -> Path:
    """The bytes of a deposit still to be read, wherever a killed reading left them. Raises FileNotFoundError."""
    for path in (incoming(deposit), raw(sha256)):
        if path.exists():
            return path
    raise FileNotFoundError(f"the bytes of deposit {deposit} are gone")


def is_whole(path: Path, sha256: str) -> bool:
    """Whether a file is there and still has its SHA-256."""
    return path.exists() and sha256_of(path) == sha256


def keep(deposit: UUID, sha256: str) -> None:
    """The bytes leave quarantine for good."""
    waiting, kept = incoming(deposit), raw(sha256)
    if waiting.exists():
        waiting.replace(kept)
        sync(kept.parent)


def publish(work: Path, home: Path) -> None:
    """The finished parts take their place, whole and on disk."""
    for path in sorted(work.rglob("*"), reverse=True):
        sync(path)
    sync(work)
    shutil.rmtree(home, ignore_errors=True)
    work.replace(home)
    sync(home.parent)


def sync(path: Path) -> None:
    """Put a file or a folder on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def waiting() -> list[UUID]:
    """The deposits whose bytes are in quarantine."""
    return [UUID(path.name) for path in folder("incoming").iterdir() if not path.suffix]


def forget_receptions(known: Collection[UUID]) -> None:
    """Remove what killed receptions left a day ago: bytes of no deposit, ``known`` being those that have a row."""
    for path in folder("incoming").iterdir():
        if path.suffix or UUID(path.name) not in known:
            _forget(path)


def _forget(path: Path) -> None:
    try:
        if path.stat().st_mtime < clock.machine_now().timestamp() - _RECEPTION:
            path.unlink()
    except FileNotFoundError:  # its own reception ended meanwhile
        return


def sweep(supplier: UUID, accepted: Collection[str]) -> None:
    """Remove what killed readings of a supplier left; its lock must be held."""
    shutil.rmtree(folder("work", supplier))
    for home in folder("parts", supplier).iterdir():
        if home.name not in accepted:
            shutil.rmtree(home)
