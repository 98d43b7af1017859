"""Publishing the daily root: all chain heads of one instant, one statement, one row and two files."""

from __future__ import annotations

from django.db import connection, transaction

from portal.audit import files
from portal.audit.domain.anchors import Head, Seal, Statement, heads_file, in_order, public_file, state_root
from portal.audit.models import AuditEvent, AuditRoot
from portal.audit.sealing import seal
from portal.common import clock

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
        sealed = seal(statement.content())
        files.write(files.heads_path(statement.day), heads_file(statement, sealed, heads))
        files.write(files.public_path(statement.day), public_file(statement, sealed, heads))
        return _stored(statement, sealed), True


def hold_publication() -> None:
    """Until the end of the transaction no root is published by anybody else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def last_root() -> AuditRoot | None:
    """The root published last."""
    return AuditRoot.objects.order_by("-number").first()


def _heads() -> list[Head]:
    """The last event of every chain, by one statement and so at one instant."""
    found = (
        AuditEvent.objects.order_by("object_type", "object_id", "-seq")
        .distinct("object_type", "object_id")
        .values_list("object_type", "object_id", "seq", "hash")
    )
    return [Head(*row) for row in found.iterator(chunk_size=10_000)]


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
