"""The parts of deposits accepted before: where they lie, and what they say of the events now read.

``<supplier>/<deposit>/parts/month=…/bucket=…/*.parquet`` hold accepted lines; ``revised.parquet`` those of them whose
revision is above 1, so that the highest revision of an event is known without reading everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from indicators.engine.duck import text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Duck

_NOTHING = (
    "SELECT NULL::place AS p, NULL::UUID AS e, NULL::SMALLINT AS r, NULL::BOOLEAN AS active, NULL::TIMESTAMP AS ts, "
    "NULL::VARCHAR AS u, NULL::kind AS k, NULL::DATE AS day, NULL::DATE AS month, NULL::BOOLEAN AS off WHERE false"
)


def find_earlier(duck: Duck, history: Iterable[Path], buckets: list[int]) -> None:
    """Table ``earlier``: every accepted line, of any month, of the events that ``g`` names."""
    files = [path for home in history for b in buckets for path in home.glob(f"parts/*/bucket={b}/*.parquet")]
    duck.execute(
        f"""CREATE OR REPLACE TABLE earlier AS SELECT h.* FROM ({rows(files)}) h
            WHERE EXISTS (FROM g WHERE g.e = h.e AND g.p = h.p)"""
    )


def find_top(duck: Duck, history: Iterable[Path]) -> None:
    """Table ``top``: the highest revision of each event that has one above 1, of the places of ``g``."""
    files = [path for home in history if (path := home / "revised.parquet").exists()]
    duck.execute(
        f"""CREATE OR REPLACE TABLE top AS SELECT p, e, max(r) AS r FROM (
            SELECT p, e, r FROM ({rows(files)}) WHERE p IN (SELECT DISTINCT p FROM g)
            UNION ALL SELECT p, e, r FROM g WHERE r > 1) GROUP BY p, e"""
    )


def add_cells(duck: Duck, history: Iterable[Path], buckets: list[int]) -> None:
    """View ``held``: the lines of the touched cells (table ``touched``), those of ``g`` and those accepted before."""
    months = [row[0] for row in duck.execute("SELECT DISTINCT month FROM touched").fetchall()]
    files = [
        path
        for home in history
        for month in months
        for b in buckets
        for path in home.glob(f"parts/month={month}/bucket={b}/*.parquet")
    ]
    duck.execute(
        f"""CREATE OR REPLACE VIEW held AS SELECT p, e, r, active, u, k, day, month, off FROM g UNION ALL
            SELECT h.p, h.e, h.r, h.active, h.u, h.k, h.day, h.month, h.off FROM ({rows(files)}) h
            WHERE EXISTS (FROM touched WHERE touched.p = h.p AND touched.month = h.month)"""
    )


def rows(files: list[Path]) -> str:
    """SQL: the accepted lines of these parts, of the places that the connection knows."""
    if not files:
        return _NOTHING
    listed = ", ".join(text(path) for path in files)
    return f"""SELECT try_cast(finess AS place) AS p, event_id AS e, revision AS r, active, occurred_at AS ts,
        user_ref AS u,
        kind::kind AS k, day, month, off_hours AS off FROM read_parquet([{listed}], hive_partitioning = false)
        WHERE try_cast(finess AS place) IS NOT NULL"""
