"""Many rows for one: copies of what the services made, written by SQL with the triggers asleep."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection


@contextmanager
def triggers_asleep() -> Iterator[None]:
    """Neither triggers nor foreign keys look; needs the database's owner, so only in tests and benchmarks."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


def clone_row(table: str, key: object, copies: int, changed: dict[str, str], key_name: str = "id") -> None:
    """Copy one row; ``changed`` gives the SQL of what differs, where ``n`` counts the copies."""
    columns = _columns(table)
    values = [changed.get(name, f'row."{name}"') for name in columns if name != "id" or "id" in changed]
    names = [name for name in columns if name != "id" or "id" in changed]
    listed = ", ".join(f'"{name}"' for name in names)
    statement = (
        f"INSERT INTO {table} ({listed}) SELECT {', '.join(values)} "  # noqa: S608  (names of the catalogue)
        f'FROM {table} row CROSS JOIN generate_series(1, %s) n WHERE row."{key_name}" = %s'
    )
    with triggers_asleep(), connection.cursor() as cursor:
        cursor.execute(statement, [copies, key])


def clone_order(order: UUID, pharmacy: UUID, copies: int) -> None:
    """Copy an order, its pharmacy and its installation."""
    own = {kind: f"md5('{kind}' || row.id || n)::uuid" for kind in ("order", "installation")}
    place = f"md5('{pharmacy}' || n)::uuid"
    clone_row(
        "registry_pharmacy",
        pharmacy,
        copies,
        {
            "id": place,
            "finess": "lpad(n::text, 9, '9')",
            "siret": "''",
            "organisation_id": "NULL",
            "name": "'Pharmacie ' || n",
            "sort_key": "'pharmacie ' || n",
            "search_key": "'pharmacie ' || n || ' ville' || n % 100",
        },
    )
    clone_row(
        "orders_order",
        order,
        copies,
        {"id": own["order"], "number": "'BC-2022-9' || lpad(n::text, 5, '0')", "pharmacy_id": place},
    )
    clone_row(
        "orders_installation",
        order,
        copies,
        {"id": own["installation"], "order_id": "md5('order' || row.order_id || n)::uuid"},
        key_name="order_id",
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE registry_pharmacy, orders_order, orders_installation")


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER' "
            "ORDER BY ordinal_position",
            [table],
        )
        return [name for (name,) in cursor.fetchall()]
