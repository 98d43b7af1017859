"""A file that a machine sends in pieces, by whatever cuts it meets; whole, it is a deposit like any other.

The row says how many bytes count; what lies on disk beyond them came from a cut piece and is cut off by the next one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from django.db import IntegrityError, transaction

from indicators import storage
from indicators.domain.log_format import MAX_UNPACKED
from indicators.models import ActivityToken, Upload
from indicators.services.deposit import Arrived, clean_name, known_deposit, register_log
from indicators.services.locks import SENDING, held
from indicators.services.tokens import actor_of_token
from portal.common import clock
from portal.registry.selectors import version_called


class UploadRefused(Exception):
    """``code``: one of ``PROBLEMS`` or of ``FILE_CODES``; what was received before stays."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Announced:
    """What a machine says of a file before it sends it; ``sha256`` may be empty."""

    name: str
    software: str
    size: int
    sha256: str = ""


def start_upload(token: ActivityToken, announced: Announced) -> Upload:
    """The upload of an announced file: one under way of the same bytes goes on, a deposit of them answers at once.

    Raises ``UploadRefused``: ``unknown_software``, ``too_large``, ``empty``.
    """
    if announced.size > MAX_UNPACKED:
        raise UploadRefused("too_large")
    if announced.size < 1:
        raise UploadRefused("empty")
    version = version_called(token.supplier_id, announced.software)
    if version is None:
        raise UploadRefused("unknown_software")
    now = clock.machine_now()
    upload = Upload(
        supplier=token.supplier,
        token=token,
        software_version=version,
        name=clean_name(announced.name),
        sha256=announced.sha256,
        size=announced.size,
        created_at=now,
        touched_at=now,
    )
    return (_answered(upload) or _under_way(upload) or _saved(upload)) if announced.sha256 else _saved(upload)


def _answered(upload: Upload) -> Upload | None:
    known = known_deposit(upload.supplier_id, upload.sha256)
    if known is None:
        return None
    before = Upload.objects.filter(supplier=upload.supplier_id, deposit=known, again=True).first()
    if before is None:
        upload.received, upload.deposit, upload.again = upload.size, known, True
        upload.save(force_insert=True)
    return before or upload


def _under_way(upload: Upload) -> Upload | None:
    same = {"sha256": upload.sha256, "software_version": upload.software_version, "supplier": upload.supplier_id}
    found = Upload.objects.filter(deposit=None, dropped_at=None, **same).first()
    if found is None or (found.size == upload.size and _has_its_bytes(found)):
        return found
    drop(found)
    return None


def _saved(upload: Upload) -> Upload:
    try:
        with transaction.atomic():
            upload.save(force_insert=True)
    except IntegrityError:  # the same announced twice at once
        found = _under_way(upload)
        if found is None:
            raise
        return found
    return upload


def send(upload_id: UUID, *, offset: int, length: int, parts: Iterable[bytes], digest: bytes = b"") -> Upload:
    """Add ``length`` bytes at ``offset``; the whole file is then deposited. ``digest``: SHA-256 of the piece, if given.

    Of a piece that is cut what came is kept, unless it has a digest: then it counts whole or not at all. Raises
    ``UploadRefused``; OSError when the sender is gone.
    """
    with held(SENDING, upload_id, wait=False) as mine:
        if not mine:
            raise UploadRefused("being_sent")
        upload = _open(upload_id)
        if upload.deposit_id is not None and offset == upload.size and length == 0:
            return upload
        if offset != upload.received:
            raise UploadRefused("wrong_offset")
        if offset + length > upload.size:
            raise UploadRefused("past_the_end")
        _append(upload, parts, digest)
        return _finished(upload)


def _append(upload: Upload, parts: Iterable[bytes], digest: bytes) -> None:
    seen, written = sha256(), 0
    try:
        for part in storage.append(storage.partial(upload.pk), upload.received, parts):
            seen.update(part)
            written += len(part)
    finally:
        if not digest or seen.digest() == digest:
            upload.received += written
        upload.touched_at = clock.machine_now()
        upload.save(update_fields=["received", "touched_at"])
    if digest and seen.digest() != digest:
        raise UploadRefused("checksum_mismatch")


def finish(upload_id: UUID) -> Upload:
    """Deposit an upload whose bytes are all there, where a cut came in between; any other is given back as it is."""
    with held(SENDING, upload_id, wait=False) as mine:
        upload = Upload.objects.select_related("deposit", "token__supplier").get(pk=upload_id)
        ended = upload.deposit_id or upload.dropped_at
        return _finished(upload) if mine and not ended and _has_its_bytes(upload) else upload


def _finished(upload: Upload) -> Upload:
    """Deposited, if it is whole. The move of the file and the rows are one: cut in between, the upload is gone."""
    if upload.received < upload.size:
        return upload
    path = storage.partial(upload.pk)
    found = storage.sha256_of(path)
    if upload.sha256 and found != upload.sha256:
        drop(upload)
        raise UploadRefused("checksum_mismatch")
    with transaction.atomic():
        received = register_log(
            supplier=upload.token.supplier,
            version=upload.software_version,
            name=upload.name,
            arrived=Arrived(path, found, upload.size),
            actor=actor_of_token(upload.token),
        )
        upload.deposit, upload.again = received.deposit, received.again
        upload.save(update_fields=["deposit", "again"])
    return upload


def give_up(upload_id: UUID) -> None:
    """The sender wants no more of it. Raises ``UploadRefused``; a deposit is never taken back."""
    with held(SENDING, upload_id, wait=False) as mine:
        if not mine:
            raise UploadRefused("being_sent")
        upload = _open(upload_id)
        if upload.deposit_id is None:
            drop(upload)


def drop(upload: Upload) -> None:
    """Nothing of it is kept but the row."""
    upload.dropped_at = clock.machine_now()
    upload.save(update_fields=["dropped_at"])
    storage.partial(upload.pk).unlink(missing_ok=True)


def _open(upload_id: UUID) -> Upload:
    """An upload that goes on, or that is deposited. Raises ``UploadRefused("upload_gone")``."""
    related = ("token__supplier", "software_version__software", "deposit")
    upload = Upload.objects.select_related(*related).get(pk=upload_id)
    if upload.dropped_at is not None:
        raise UploadRefused("upload_gone")
    if upload.deposit_id is None and not _has_its_bytes(upload):
        drop(upload)
        raise UploadRefused("upload_gone")
    return upload


def _has_its_bytes(upload: Upload) -> bool:
    """Whether what counts is still on disk: a file that nobody sent to for a day is forgotten."""
    path: Path = storage.partial(upload.pk)
    return upload.received == 0 or (path.exists() and path.stat().st_size >= upload.received)
