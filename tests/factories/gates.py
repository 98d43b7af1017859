"""Processes stopped at a known place, however slow or fast the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, models, transaction

PATIENCE = 60.0


def wait_for(reached: Callable[[], bool], what: str) -> None:
    """Until it is so. Raises AssertionError, saying ``what`` never came."""
    limit = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < limit, f"never came: {what}"
        time.sleep(0.005)


@contextmanager
def barred(model: type[models.Model]) -> Iterator[Callable[[int], None]]:
    """Nobody else writes to this table for the length of the block: who wants to waits there.

    What it gives waits until so many processes do.
    """
    table = model._meta.db_table
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f'LOCK TABLE "{table}" IN SHARE MODE')
        yield lambda count: wait_for(lambda: _waiting(table) >= count, f"{count} processes before {table}")


@contextmanager
def no_more_connections(database: str) -> Iterator[None]:
    """Whoever is connected stays so, nobody else comes in, for the length of the block."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS false')
        try:
            yield
        finally:
            cursor.execute(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS true')


def _waiting(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE NOT granted AND relation = %s::regclass AND datname = current_database()",
            [table],
        )
        return int(cursor.fetchone()[0])
