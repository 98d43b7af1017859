"""Publishing the daily root: all chain heads of one instant, one statement, one row, and its files.

A root is published even where it cannot be sealed: the schedule seals it as soon as it can.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.db import connection, transaction

from portal.accounts.actors import Actor
from portal.audit import files
from portal.audit.domain.anchors import Head, Seal, Statement, heads_file, in_order, public_file, state_root
from portal.audit.models import AuditEvent, AuditRoot
from portal.audit.sealing import completed, lacking
from portal.audit.services import Entry, record
from portal.common import clock

ROOTS = AuditRoot._meta.db_table
SEALED = "seal"
_LOCK = 0xA0D17
"""Advisory lock: one root is made at a time."""


def publish_root() -> tuple[AuditRoot, bool]:
    """Publish the root of the day (machine time, UTC), once; give it, and whether it was made now.

    The files are written before the row is committed: files without a row are those of an attempt that was cut, and
    are written anew by the next one; a row always has its files.
    """
    with transaction.atomic():
        hold_publication()
        made_at, last = clock.machine_now(), last_root()
        if last is not None and last.day >= made_at.date():
            return last, False
        heads = in_order(_heads())
        statement = state_root(heads, made_at, last.number + 1 if last else 1, last.hash if last else "")
        seal = completed(statement.content(), Seal())
        _write(statement, seal, heads)
        root = _stored(statement, seal)
        _tell(root, Seal(), seal)
        return root, True


def seal_waiting() -> int:
    """Seal the roots that never had a seal, or a part of it; one transaction a root; give how many got one.

    Stops at the first that gets none: the key or the authority is away for the others too.
    """
    sealed, known = 0, journaled()
    for root in AuditRoot.objects.order_by("number").iterator(chunk_size=500):
        if any(lacking(seal_of(root), known.get(str(root.number), {}))):
            if not _seal_one(root.number):
                break
            sealed += 1
    return sealed


@transaction.atomic
def _seal_one(number: int) -> bool:
    hold_publication()
    root = AuditRoot.objects.get(number=number)
    statement, before = statement_of(root), seal_of(root)
    seal = completed(statement.content(), before, journaled().get(str(number), {}))
    if seal == before:
        return False
    heads = files.read_heads(root.day).heads
    _write(statement, seal, heads)
    AuditRoot.objects.filter(number=number).update(signature=seal.signature, token=seal.token)
    _tell(root, before, seal)
    return True


def hold_publication() -> None:
    """Until the end of the transaction no root is published by anybody else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def last_root() -> AuditRoot | None:
    """The root published last."""
    return AuditRoot.objects.order_by("-number").first()


def statement_of(root: AuditRoot) -> Statement:
    """What the row says."""
    return Statement(root.number, root.day, root.made_at, root.count, root.tree, root.previous)


def seal_of(root: AuditRoot) -> Seal:
    """The seal that the row holds."""
    signature, token = (None if part is None else bytes(part) for part in (root.signature, root.token))
    return Seal(signature, token)


def fingerprints(seal: Seal) -> dict[str, str]:
    """The SHA-256 of each part that there is, as the journal keeps it."""
    parts = {"signature": seal.signature, "token": seal.token}
    return {name: hashlib.sha256(part).hexdigest() for name, part in parts.items() if part is not None}


def journaled() -> dict[str, dict[str, str]]:
    """By number of root: the fingerprint of each part of its seal, as the journal first held it.

    A part is made once: whatever a later event says of it cannot stand for what was put first.
    """
    found: dict[str, dict[str, str]] = {}
    events = AuditEvent.objects.filter(object_type=ROOTS, verb=SEALED).order_by("id")
    for number, data in events.values_list("object_id", "data"):
        found[number] = {**data, **found.get(number, {})}
    return found


def _heads() -> list[Head]:
    """The last event of every chain, by one statement and so at one instant."""
    found = (
        AuditEvent.objects.order_by("object_type", "object_id", "-seq")
        .distinct("object_type", "object_id")
        .values_list("object_type", "object_id", "seq", "hash")
    )
    return [Head(*row) for row in found.iterator(chunk_size=10_000)]


def _write(statement: Statement, seal: Seal, heads: Sequence[Head]) -> None:
    files.write(files.heads_path(statement.day), heads_file(statement, seal, heads))
    files.write(files.public_path(statement.day), public_file(statement, seal, heads))
    for name, part in files.seal_parts(seal).items():
        if part is not None:
            files.write_plain(files.seal_path(statement.day, name), part)


def _tell(root: AuditRoot, before: Seal, seal: Seal) -> None:
    """Journal the new parts of the seal: the next root counts them, so its time-stamp dates this one's for ever."""
    known = fingerprints(before)
    new = {name: value for name, value in fingerprints(seal).items() if name not in known}
    if new:
        record(Entry(ROOTS, str(root.number), SEALED, clock.business_now(), data=new), Actor.system())


def _stored(statement: Statement, sealed: Seal) -> AuditRoot:
    return AuditRoot.objects.create(
        number=statement.number,
        day=statement.day,
        made_at=statement.made_at,
        count=statement.count,
        tree=statement.tree,
        previous=statement.previous,
        hash=statement.hash,
        signature=sealed.signature,
        token=sealed.token,
    )
