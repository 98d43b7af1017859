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


def clone_live_order(order: UUID, pharmacy: UUID, lineage: UUID, slot: int, copies: int) -> None:
    """Copy a live order with a pharmacy, a lineage and a held slot of its own for each copy."""
    own = "md5('order' || row.{} || n)::uuid"
    line, place = "md5('lineage' || n)::uuid", f"md5('{pharmacy}' || n)::uuid"
    clone_row("registry_lineage", lineage, copies, {"id": line})
    clone_row("registry_pharmacy", pharmacy, copies, {"id": place, "lineage_id": line, **_PHARMACY})
    number = "'BC-2022-9' || lpad(n::text, 5, '0')"
    kept = {"id": own.format("id"), "number": number, "pharmacy_id": place, "slot_id": f"{FIRST_SLOT} + n"}
    held = {"id": f"{FIRST_SLOT} + n", "lineage_id": line, "holder_id": "NULL", "held_since": "NULL"}
    clone_row("orders_slot", slot, copies, held)
    clone_row("orders_order", order, copies, kept)
    renamed = {"id": "md5('works' || row.id || n)::uuid", "order_id": own.format("order_id")}
    clone_row("orders_installation", order, copies, renamed, key_name="order_id")
    with triggers_asleep("orders_slot"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orders_slot s SET holder_id = o.id, held_since = o.signed_at FROM orders_order o "
            "WHERE o.slot_id = s.id AND s.id > %s",
            [FIRST_SLOT],
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE registry_lineage, registry_pharmacy, orders_slot, orders_order, orders_installation")


FIRST_SLOT = 1_000_000
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
