"""Locks of a session of PostgreSQL: freed when it ends, however it ends, so that no worker need be declared dead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection

READING = 0x4143540A
"""« ACT »: a supplier's deposits are read one at a time; shared by those that only count again."""
SENDING = 0x4143540B
"""One sender at a time for an upload."""
COUNTING = 0x4143540C
"""One worker at a time for a bucket that is counted again."""


@contextmanager
def held(kind: int, key: UUID, *, wait: bool = True, shared: bool = False) -> Iterator[bool]:
    """Hold a lock for the length of a block; whether it was got, always so where one waits for it."""
    name = key.int % 2**31
    ways = "_shared" if shared else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_{'' if wait else 'try_'}advisory_lock{ways}(%s, %s)", [kind, name])
        got = wait or bool(cursor.fetchone()[0])
        try:
            yield got
        finally:
            if got and connection.connection is not None and not connection.connection.closed:
                connection.connection.execute(f"SELECT pg_advisory_unlock{ways}(%s, %s)", [kind, name])
