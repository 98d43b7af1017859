"""Putting the figures of a deposit in the tables, within the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import connection

from indicators.domain.counters import COUNTERS, USER_COUNTERS
from indicators.engine.job import Outcome

_BLOCK = 1024 * 1024


@dataclass(frozen=True)
class Tables:
    """Where figures are written: the portal's tables, or copies of them to compare with."""

    daily: str = "indicators_dailycounter"
    users: str = "indicators_usermonth"
    cells: str = "indicators_depositcell"


DAILY_COLUMNS = ("supplier_id", "pharmacy_id", "day", *COUNTERS)
USER_COLUMNS = ("supplier_id", "pharmacy_id", "month", "user_ref", *USER_COUNTERS)
CELL_COLUMNS = ("pharmacy_id", "month", "accepted")


def replace_figures(outcome: Outcome, *, supplier: UUID, deposit: UUID, tables: Tables) -> None:
    """Replace the figures of every cell that the deposit touched, and note them with the lines it brought for each."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS activity_touched (place uuid, month date) ON COMMIT DROP")
        cursor.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS activity_cells (place uuid, month date, accepted integer) "
            "ON COMMIT DROP"
        )
        cursor.execute("DELETE FROM activity_touched; DELETE FROM activity_cells")
    copy_in("activity_touched", ("place", "month"), outcome.touched)
    copy_in("activity_cells", ("place", "month", "accepted"), outcome.cells)
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {tables.daily} d USING activity_touched t WHERE d.supplier_id = %s "
            "AND d.pharmacy_id = t.place AND d.day >= t.month AND d.day < t.month + interval '1 month'",
            [supplier],
        )
        cursor.execute(
            f"DELETE FROM {tables.users} u USING activity_touched t WHERE u.supplier_id = %s "
            "AND u.pharmacy_id = t.place AND u.month = t.month",
            [supplier],
        )
        cursor.execute(
            f"INSERT INTO {tables.cells} (deposit_id, pharmacy_id, month, accepted) "
            "SELECT %s, place, month, coalesce(accepted, 0) FROM activity_touched LEFT JOIN activity_cells "
            "USING (place, month)",
            [deposit],
        )
    copy_in(tables.daily, DAILY_COLUMNS, outcome.daily)
    copy_in(tables.users, USER_COLUMNS, outcome.users)


def copy_in(table: str, columns: Iterable[str], files: list[Path]) -> None:
    """Add the rows of CSV files without a header."""
    with connection.cursor() as cursor:
        for path in files:
            with (
                cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT csv)") as copy,
                path.open("rb") as f,
            ):
                while block := f.read(_BLOCK):
                    copy.write(block)
