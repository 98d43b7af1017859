"""From clean lines to typed rows: a few quick tests say whether a line is good, only bad ones are looked at closely.

Table ``t``: a row for each physical line after the header, in order. ``raw`` is NULL for a line good in form; of the
others it is the line itself.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from indicators.domain.log_format import AHEAD_MINUTES, EARLIEST, KINDS, PATIENT
from indicators.engine import cells
from indicators.engine.duck import count, text, texts
from indicators.engine.job import Task
from indicators.engine.refusals import FileRefused
from indicators.engine.zones import paris_hours

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Duck

PROGRAMME_START = f"{EARLIEST - 1}-12-31 23:00:00"
BUCKETS = 16
_PLACES = 20


def latest(deposited_at: datetime) -> str:
    """The last instant that is not in the future of a deposit."""
    return (deposited_at.astimezone(UTC) + timedelta(minutes=AHEAD_MINUTES)).strftime("%Y-%m-%d %H:%M:%S.%f")


def bucket(finess: str) -> int:
    """The bucket of a pharmacy, for ever: parts are laid out by it."""
    return int.from_bytes(finess.encode()) % 65521 % BUCKETS


def prepare(duck: Duck, task: Task) -> None:
    """The types, the pharmacies allowed with their spans, the empty table of lines."""
    duck.execute(f"CREATE TYPE kind AS ENUM ({texts(list(KINDS))})")
    # A type needs a value: this one no cell can hold.
    duck.execute(f"CREATE TYPE place AS ENUM ({texts([';', *sorted(task.allowed)])})")
    path = task.folder / "spans.csv"
    with path.open("w") as file:
        for finess, spans in sorted(task.allowed.items()):
            for since, until in spans:
                file.write(f"{finess},{since},{until or 'infinity'},{bucket(finess)},{task.ids[finess]}\n")
    duck.execute(
        f"""CREATE TABLE spans AS SELECT * FROM read_csv({text(path)}, header=false, auto_detect=false, delim=',',
            columns={{'p': 'place', 'since': 'TIMESTAMP', 'until': 'TIMESTAMP',
                      'bucket': 'UTINYINT', 'id': 'VARCHAR'}})"""
    )
    duck.execute(
        "CREATE TABLE t (raw VARCHAR, e UUID, r SMALLINT, active BOOLEAN, p place, ts TIMESTAMP, u VARCHAR, k kind)"
    )


def insert(duck: Duck, slice_path: Path, task: Task) -> None:
    """Add the lines of a slice to ``t``, in order."""
    to_user = " + ".join(f"strlen(c[{i}])" for i in range(1, 8))
    duck.execute(
        f"""INSERT INTO t SELECT CASE WHEN fine THEN NULL ELSE line END, e, r, active, p, ts, u, k FROM (
            SELECT *, coalesce({cells.user_ref("u")} AND ts >= {text(PROGRAMME_START)}::TIMESTAMP
                AND ts <= {text(latest(task.deposited_at))}::TIMESTAMP AND e IS NOT NULL AND r IS NOT NULL
                AND active IS NOT NULL AND p IS NOT NULL AND k IS NOT NULL, false) AS fine FROM (
            SELECT line, {cells.event_id("c[1]")} AS e, {cells.revision("c[2]")} AS r, {cells.status("c[3]")} AS active,
                try_cast(c[4] AS place) AS p, {cells.instant("c[5]")} AS ts, c[7] AS u,
                try_cast(c[6] || substring(line, {to_user} + 7) AS kind) AS k
            FROM (SELECT line, string_split(line, ';') AS c
                FROM read_csv({text(slice_path)}, header=false, auto_detect=false, columns={{'line': 'VARCHAR'}},
                    delim='\x1f', quote='', escape='', new_line='\\n', max_line_size=1000000))))"""
    )


def check_patients(duck: Duck, first: int, suspect: list[int]) -> None:
    """Raise ``FileRefused`` where a cell looks like a social security number.

    Good lines can hold one in ``user_ref`` alone: their other cells have forms that exclude it.
    """
    found = duck.execute(
        f"""WITH refs AS (SELECT DISTINCT u FROM t WHERE raw IS NULL AND strlen(u) >= 13),
            bad AS (SELECT u FROM refs WHERE regexp_matches(u, {text(PATIENT)}))
        SELECT rowid + {first} FROM t WHERE regexp_matches(raw, {text(PATIENT)})
            OR (raw IS NULL AND u IN (SELECT u FROM bad)) ORDER BY 1 LIMIT {_PLACES}"""
    ).fetchall()
    places = sorted({*suspect, *(int(row[0]) for row in found)})[:_PLACES]
    if places:
        raise FileRefused("patient_data_suspected", places)


def spool(duck: Duck, first: int, task: Task, folder: Path, passes: int) -> None:
    """The good lines of each pass in a folder of its own: past a few passes, reading ``t`` for each costs more."""
    duck.execute(
        f"""COPY (SELECT *, bucket % {passes} AS pass FROM ({_good(first, task)})) TO {text(folder)}
            (FORMAT parquet, COMPRESSION lz4, PARTITION_BY (pass))"""
    )


def accept(duck: Duck, first: int, task: Task, number: int, passes: int, spooled: Path | None) -> int:
    """Table ``g``: the good lines of the pharmacies of a pass, with their day and month of Paris; how many."""
    if spooled is None:
        rows = f"{_good(first, task)} AND bucket % {passes} = {number}"
    elif not (spooled / f"pass={number}").exists():
        rows = f"{_good(first, task)} AND false"
    else:
        files = text(spooled / f"pass={number}" / "*.parquet")
        rows = f"""SELECT line, p::place AS p, e, r, active, ts, u, k::kind AS k, bucket, local
            FROM read_parquet({files}, hive_partitioning = false)"""
    duck.execute(
        f"""CREATE OR REPLACE TABLE g AS SELECT line, p, e, r, active, ts, u, k, bucket, local::DATE AS day,
            date_trunc('month', local)::DATE AS month, k >= {text(_first("insi_call"))}::kind
                AND (hour(local) < 7 OR hour(local) >= 21 OR dayofweek(local) = 0) AS off
        FROM ({rows})"""
    )
    return count(duck, "SELECT count(*) FROM g")


def _good(first: int, task: Task) -> str:
    """SQL: the good lines of the pharmacies equipped at their instant, with the time of Paris."""
    summer = paris_hours(EARLIEST, task.deposited_at.year + 1)
    return f"""SELECT t.rowid + {first} AS line, t.p, e, r, active, ts, u, k, bucket,
            ts + to_hours(CASE WHEN {summer} THEN 2 ELSE 1 END) AS local
        FROM t JOIN spans ON t.p = spans.p AND ts >= since AND ts < until WHERE raw IS NULL"""


def _first(kind: str) -> str:
    return next(name for name in KINDS if name.startswith(kind))
