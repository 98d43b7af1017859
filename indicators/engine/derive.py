"""The figures of the touched cells, and the parts that keep the accepted lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from indicators.domain.log_format import COUNTED, KINDS
from indicators.engine.duck import text, texts
from indicators.engine.job import Outcome, Task

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Duck


def _is(kinds: list[str]) -> str:
    """SQL: whether ``k`` is one of the kinds; a range where they follow each other."""
    at = [KINDS.index(kind) for kind in kinds]
    if at == list(range(at[0], at[-1] + 1)):
        return f"k BETWEEN {text(kinds[0])}::kind AND {text(kinds[-1])}::kind"
    return f"k IN ({texts(kinds)})"


LAST_REVISIONS = "held LEFT JOIN top USING (p, e) WHERE held.active AND held.r = coalesce(top.r, 1)"
"""SQL: the lines that count among all those of a cell: each event in its latest revision, if that is active."""


def derive(duck: Duck, task: Task, number: int, outcome: Outcome, *, simple: bool) -> None:
    """Write the figures of the touched cells. ``simple``: no event has two lines, every active line counts."""
    count_figures(duck, "g WHERE active" if simple else LAST_REVISIONS)
    duck.execute("CREATE OR REPLACE TABLE ids AS SELECT DISTINCT p, id FROM spans")
    write_figures(duck, task.folder, task.owner, number, outcome)
    queries = {
        "touched": "SELECT id, month FROM touched JOIN ids USING (p)",
        "cells": "SELECT id, month, n FROM (SELECT p, month, count(*) AS n FROM g GROUP BY ALL) JOIN ids USING (p)",
    }
    _write(duck, queries, task.folder, number, outcome)


def count_figures(duck: Duck, source: str) -> None:
    """Table ``figures``: the counters by place, day and account of the lines that ``source`` gives."""
    counts = ", ".join(f"coalesce(sum(n) FILTER ({_is(kinds)}), 0) AS {name}" for name, kinds in COUNTED.items())
    duck.execute(
        f"""CREATE OR REPLACE TABLE figures AS SELECT p, month, day, u, sum(off) AS off, {counts}
            FROM (SELECT p, month, day, u, k, count(*) AS n, count_if(off) AS off FROM {source} GROUP BY ALL)
            GROUP BY p, month, day, u"""
    )


def write_figures(duck: Duck, folder: Path, owner: str, number: int, outcome: Outcome) -> None:
    """``figures`` as the rows of the two tables of counters; table ``ids`` says what stands for a place.

    In the order of their keys, as PostgreSQL takes them quickest.
    """
    sums, owner = ", ".join(f"sum({name})" for name in COUNTED), text(owner)
    queries = {
        "daily": f"SELECT {owner}, any_value(id), day, {sums} FROM figures JOIN ids USING (p) GROUP BY p, day "
        "ORDER BY 2, 3",
        "users": f"SELECT {owner}, any_value(id), month, u, sum(insi_calls), sum(insi_failed), "
        "sum(off), sum(prescriptions), count(*) "
        "FROM figures JOIN ids USING (p) GROUP BY p, month, u ORDER BY 2, 3, 4",
    }
    _write(duck, queries, folder, number, outcome)


def _write(duck: Duck, queries: dict[str, str], folder: Path, number: int, outcome: Outcome) -> None:
    for name, query in queries.items():
        path = folder / f"{name}-{number}.csv"
        duck.execute(f"COPY ({query}) TO {text(path)} (FORMAT csv, HEADER false)")
        getattr(outcome, name).append(path)


def write_parts(duck: Duck, parts: Path, number: int) -> None:
    """The accepted lines of ``g`` as Parquet by month and bucket, and those of a revision above 1 beside them."""
    rows = """SELECT p AS finess, e AS event_id, r AS revision, active, ts AS occurred_at, u AS user_ref,
        k AS kind, day, month, off AS off_hours, bucket FROM g"""
    duck.execute(
        f"""COPY ({rows}) TO {text(parts / "parts")} (FORMAT parquet, COMPRESSION zstd,
            PARTITION_BY (month, bucket), WRITE_PARTITION_COLUMNS true, OVERWRITE_OR_IGNORE true,
            FILENAME_PATTERN 'pass{number}_{{i}}', ROW_GROUP_SIZE 122880)"""
    )


def write_revised(duck: Duck, parts: Path) -> None:
    """Beside the parts, the accepted lines of a revision above 1, gathered over the passes."""
    duck.execute(
        f"COPY (SELECT p::VARCHAR AS finess, e AS event_id, r AS revision, active, ts AS occurred_at, u AS user_ref, "
        f"k::VARCHAR AS kind, day, month, off AS off_hours FROM revised ORDER BY finess) "
        f"TO {text(parts / 'revised.parquet')} (FORMAT parquet, COMPRESSION zstd)"
    )


def write_rejects(duck: Duck, parts: Path, outcome: Outcome) -> None:
    """The lines left out, by line, and how many for each code."""
    for code, lines in duck.execute("SELECT code, count(*) FROM rejects GROUP BY code ORDER BY code").fetchall():
        outcome.rejected[code] = lines
    duck.execute(
        f'COPY (SELECT line, col AS "column", value, code FROM rejects ORDER BY line) '
        f"TO {text(parts / 'rejects.parquet')} (FORMAT parquet, COMPRESSION zstd)"
    )
