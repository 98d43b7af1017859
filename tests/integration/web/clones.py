"""Many rows for one: copies of what the services made, written by SQL with the triggers asleep."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection


@contextmanager
def triggers_asleep(*tables: str) -> Iterator[None]:
    """The triggers of these tables sleep, as their owner may ask; what waits for the commit is checked before."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def clone_row(table: str, key: UUID | int, copies: int, changed: dict[str, str], key_name: str = "id") -> None:
    """Copy one row; ``changed`` gives the SQL of what differs, where ``n`` counts the copies."""
    columns = _columns(table)
    values = [changed.get(name, f'row."{name}"') for name in columns if name != "id" or "id" in changed]
    names = [name for name in columns if name != "id" or "id" in changed]
    listed = ", ".join(f'"{name}"' for name in names)
    statement = (
        f"INSERT INTO {table} ({listed}) SELECT {', '.join(values)} "  # noqa: S608  (names of the catalogue)
        f'FROM {table} row CROSS JOIN generate_series(1, %s) n WHERE row."{key_name}" = %s'
    )
    with triggers_asleep(table), connection.cursor() as cursor:
        cursor.execute(statement, [copies, key])


def clone_order(order: UUID, pharmacy: UUID, copies: int, *, spread: bool = True) -> None:
    """Copy an order and its installation; each copy for a pharmacy of its own when ``spread``."""
    place = f"md5('{pharmacy}' || n)::uuid"
    own = "md5('order' || {} || n)::uuid"
    if spread:
        clone_row("registry_pharmacy", pharmacy, copies, {"id": place, **_PHARMACY})
    clone_row(
        "orders_order",
        order,
        copies,
        {
            "id": own.format("row.id"),
            "number": "'BC-2022-9' || lpad(n::text, 5, '0')",
            "created_at": "row.created_at - n * interval '1 minute'",
            "pharmacy_id": place if spread else "row.pharmacy_id",
        },
    )
    renamed = {"id": "md5('works' || row.id || n)::uuid", "order_id": own.format("row.order_id")}
    clone_row("orders_installation", order, copies, renamed, key_name="order_id")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE registry_pharmacy, orders_order, orders_installation")


_PHARMACY = {
    "finess": "'7' || lpad(n::text, 8, '0')",
    "siret": "''",
    "organisation_id": "NULL",
    "name": "'Pharmacie ' || n",
    "sort_key": "'pharmacie ' || lpad(n::text, 5, '0')",
    "search_key": "'pharmacie ' || n || ' ville' || n %% 100",
}


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER' "
            "ORDER BY ordinal_position",
            [table],
        )
        return [name for (name,) in cursor.fetchall()]
