"""In SQL a comparison with NULL is neither true nor false, and a CHECK lets it pass: none of ours may rest on that."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection

from tests.factories import breaches
from tests.factories.dossiers import order_in
from tests.factories.insi import case_in
from tests.factories.supervision import alerted, brought_to
from tests.integration.refusals import refused_by_postgres, sql

pytestmark = pytest.mark.django_db


def approved() -> UUID:
    return case_in("approved").pk


def confirmed() -> UUID:
    return breaches.case_in("confirmed").pk


def analysed() -> UUID:
    one = order_in("signed_firm")
    return brought_to(alerted(one.place, one.company), "analysed", one.titulaire).pk


Made = Callable[[], UUID]
_ACTED = (
    "acted_at = now(), acted_by_id = analysed_by_id, actions = '[\"ticket\"]', action = 'x', "
    "analysed_at = NULL, analysed_by_id = NULL, cause = '', analysis = ''"
)
_RECEIVED = "detail = 'reçu', detail_received_at = now(), detail_asked_at = NULL, detail_due_on = NULL"
NULLS: list[tuple[str, Made, str, str]] = [
    ("insidossier", approved, "months = NULL", "insi_dossier_decided"),
    ("insidossier", approved, "valid_until = NULL", "insi_dossier_decided"),
    ("breach", confirmed, "aware_at = NULL", "breach_aware"),
    ("supervisioncase", analysed, _RECEIVED, "supervision_case_received"),
    ("supervisioncase", analysed, _ACTED, "supervision_case_acted"),
]


@pytest.mark.parametrize(("table", "made", "change", "name"), NULLS, ids=[f"{n[0]} {n[3]} {n[2][:12]}" for n in NULLS])
def test_a_null_is_no_way_through(table: str, made: Made, change: str, name: str) -> None:
    """The check alone, as PostgreSQL holds it, on a copy of the row that no trigger watches."""
    pk, stored = made(), f"homologation_{table}"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or the copy's ALTER would wait for them
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
        [definition] = cursor.fetchone()
        cursor.execute(f"CREATE TEMPORARY TABLE alone (LIKE {stored}) ON COMMIT DROP")
        cursor.execute(f"ALTER TABLE alone ADD CONSTRAINT {name} {definition}")
    sql(f"INSERT INTO alone SELECT * FROM {stored} WHERE id = %s", pk)  # noqa: S608  (names of ours)
    with refused_by_postgres(name):
        sql(f"UPDATE alone SET {change}")  # noqa: S608  (words of ours)
