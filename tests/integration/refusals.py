"""Saying that PostgreSQL itself refuses, deferred triggers included."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction


def check_deferred() -> None:
    """Run now the triggers that wait for the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def refused_by_postgres(words: str) -> Iterator[None]:
    """The block, or the commit that would follow it, fails with these words."""
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        yield
        check_deferred()


def sql(statement: str, *parameters: str | int | UUID) -> None:
    """Run one statement past every layer of ours."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
