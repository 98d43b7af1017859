"""Counting what a page asks of the database."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

BUDGET = 12


def asked(client: Client, url: str, status: int = 200) -> list[str]:
    """The queries of one page; transaction marks are not queries."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == status, response.status_code
    return [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))]


def shown(queries: list[str]) -> str:
    """The queries one below the other, short enough to read in a failure."""
    return "\n".join(f"{n:>3}. {sql[:60]} … {sql[sql.find(' FROM ') :][:150]}" for n, sql in enumerate(queries, 1))
