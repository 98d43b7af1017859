"""Figures derived a second time, beside the tables: to compare with them, or to put in their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from indicators.services.figures import CELL_COLUMNS, DAILY_COLUMNS, USER_COLUMNS, Tables

COPIES = Tables("activity_daily", "activity_users", "activity_deposit_cells")
_OF_SUPPLIER = "supplier_id = %s"


@dataclass(frozen=True)
class Shape:
    """A table and its copy: the columns that count, the date among them (``period``), and which rows are a supplier's
    (its key is the parameter)."""

    copy: str
    original: str
    columns: tuple[str, ...]
    period: str
    scope: str = _OF_SUPPLIER


DAILY = Shape(COPIES.daily, Tables().daily, DAILY_COLUMNS, "day")
USERS = Shape(COPIES.users, Tables().users, USER_COLUMNS, "month")
CELLS = Shape(
    COPIES.cells,
    Tables().cells,
    ("deposit_id", *CELL_COLUMNS),
    "month",
    "deposit_id IN (SELECT id FROM indicators_deposit WHERE supplier_id = %s)",
)


@dataclass(frozen=True)
class Scope:
    """The rows of a supplier; those of some of its pharmacies alone, where they are named."""

    supplier: UUID
    pharmacies: Sequence[UUID] | None = None

    def of(self, shape: Shape) -> tuple[str, list[Any]]:
        """The condition on a table, and its parameters."""
        if self.pharmacies is None:
            return shape.scope, [self.supplier]
        return f"{shape.scope} AND pharmacy_id = ANY(%s::uuid[])", [self.supplier, [str(k) for k in self.pharmacies]]


def make_copies(shapes: Sequence[Shape]) -> None:
    """Empty copies, for the rest of the transaction."""
    with connection.cursor() as cursor:
        for one in shapes:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{one.copy}")
            cursor.execute(
                f"CREATE TEMPORARY TABLE {one.copy} ON COMMIT DROP AS "
                f"SELECT {', '.join(one.columns)} FROM {one.original} LIMIT 0"
            )


@dataclass
class Differences:
    """A sentence for each table that is not its copy, and the pharmacies that differ in each year."""

    words: list[str] = field(default_factory=list)
    by_year: dict[int, set[UUID]] = field(default_factory=dict)


def differences(shapes: Sequence[Shape], scope: Scope) -> Differences:
    """What differs between the tables and their copies."""
    found = Differences()
    with connection.cursor() as cursor:
        for one in shapes:
            names, (where, parameters) = ", ".join(one.columns), scope.of(one)
            stored = f"SELECT {names} FROM {one.original} WHERE {where}"
            again = f"SELECT {names} FROM {one.copy}"
            cursor.execute(
                f"SELECT pharmacy_id, extract(year FROM {one.period})::integer, count(*) "
                f"FROM (({stored} EXCEPT ALL {again}) UNION ALL ({again} EXCEPT ALL {stored})) x GROUP BY 1, 2",
                [*parameters, *parameters],
            )
            lines = 0
            for pharmacy, year, count in cursor:
                found.by_year.setdefault(year, set()).add(pharmacy)
                lines += count
            if lines:
                found.words.append(f"{one.original} : {lines} lignes diffèrent.")
    return found


def put_in_place(shapes: Sequence[Shape], scope: Scope) -> None:
    """The tables become their copies, within the scope."""
    with connection.cursor() as cursor:
        for one in shapes:
            names, (where, parameters) = ", ".join(one.columns), scope.of(one)
            cursor.execute(f"DELETE FROM {one.original} WHERE {where}", parameters)
            cursor.execute(f"INSERT INTO {one.original} ({names}) SELECT {names} FROM {one.copy}")
