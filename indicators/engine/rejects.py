"""Why a line was left out: one code, the first of the contract's order, with its column and value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicators.domain.codes import LINE_CODES
from indicators.domain.log_format import (
    COLUMNS,
    COMMON,
    EVENT_ID,
    FIELDS,
    FINESS,
    KEPT_VALUE,
    LOCAL_TIME,
    MAX_REVISION,
    OFFSET,
    REVISION,
    STATUSES,
    USER_REF,
)
from indicators.engine import cells
from indicators.engine.duck import text, texts
from indicators.engine.job import Task
from indicators.engine.normalise import BLANK, LONG, MALFORMED, NUL
from indicators.engine.parse import PROGRAMME_START, latest

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Duck

_COLUMN = {
    "bad_event_id": "event_id",
    "bad_revision": "revision",
    "bad_status": "status",
    "bad_finess": "finess",
    "unknown_finess": "finess",
    "bad_timestamp": "occurred_at",
    "missing_offset": "occurred_at",
    "in_future": "occurred_at",
    "before_programme": "occurred_at",
    "foreign_pharmacy": "finess",
    "unknown_type": "type",
    "bad_user_ref": "user_ref",
}


def find_rejects(duck: Duck, first: int, task: Task) -> list[str]:
    """Table ``rejects`` (line, col, value, code) of the lines not good in form or scope; the unknown FINESS."""
    _cells(duck, first)
    asked = [row[0] for row in duck.execute(f"SELECT DISTINCT f FROM b WHERE {_matches('f', FINESS)}").fetchall()]
    known = task.known(asked) | set(task.allowed)
    path = task.folder / "known.csv"
    path.write_text("finess\n" + "".join(f"{finess}\n" for finess in sorted(known & set(asked))))
    duck.execute(f"CREATE TABLE known AS SELECT * FROM read_csv({text(path)}, columns={{'finess': 'VARCHAR'}})")
    duck.execute(
        f"""CREATE TABLE rejects AS SELECT line, coalesce(col, '') AS col, code,
            CASE code WHEN 'malformed_row' THEN coalesce(len(c), 0)::VARCHAR || ' cellules'
                WHEN 'line_too_long' THEN '' WHEN 'bad_user_ref' THEN length(c[7])::VARCHAR || ' caractères'
                ELSE left(c[list_position({_columns()}, col)], {KEPT_VALUE}) END AS value
        FROM (SELECT line, c, code, CASE code {_column_cases()}
            WHEN 'missing_value' THEN missing WHEN 'unexpected_value' THEN unexpected END AS col
        FROM (SELECT line, c, missing, unexpected, {_code(task)} AS code FROM b LEFT JOIN known ON finess = f))"""
    )
    return [
        row[0] for row in duck.execute("SELECT DISTINCT value FROM rejects WHERE code = 'unknown_finess'").fetchall()
    ]


def add_foreign(duck: Duck, first: int) -> None:
    """To ``rejects``, the lines good in form of a pharmacy that the supplier does not equip at their instant."""
    duck.execute(
        """INSERT INTO rejects SELECT t.rowid + ?, 'finess', 'foreign_pharmacy', t.p::VARCHAR FROM t
            WHERE raw IS NULL AND NOT EXISTS
                (FROM spans WHERE spans.p = t.p AND t.ts >= since AND t.ts < until)""",
        [first],
    )


def _cells(duck: Duck, first: int) -> None:
    """Table ``b``: the bad lines cut in cells, with the first field missing and the first unexpected."""
    duck.execute(
        f"""CREATE TABLE b AS SELECT line, raw, c, c[4] AS f, ts, {_first_column(_missing())} AS missing,
            {_first_column(_unexpected())} AS unexpected
        FROM (SELECT rowid + {first} AS line, raw, string_split(raw, ';') AS c,
            {cells.instant("string_split(raw, ';')[5]")} AS ts
            FROM t WHERE raw IS NOT NULL AND raw <> {text(BLANK)})"""
    )


def _code(task: Task) -> str:
    tests = {
        "line_too_long": f"raw = {text(LONG)}",
        "malformed_row": f"starts_with(raw, {text(MALFORMED)}) OR len(c) <> {len(COLUMNS)} OR contains(raw, '\"')"
        f" OR contains(raw, {text(NUL)})",
        "bad_event_id": _fails("c[1]", EVENT_ID),
        "bad_revision": f"{_fails('c[2]', REVISION)} OR coalesce(try_cast(c[2] AS INTEGER) > {MAX_REVISION}, true)",
        "bad_status": f"c[3] NOT IN ({texts(list(STATUSES))})",
        "bad_finess": _fails("f", FINESS),
        "unknown_finess": "known.finess IS NULL",
        "bad_timestamp": f"{_fails('c[5]', f'{LOCAL_TIME}(?:{OFFSET})?')}"
        " OR try_cast(left(c[5], 19) AS TIMESTAMP) IS NULL"
        f" OR (ts IS NULL AND {_matches('c[5]', LOCAL_TIME + OFFSET)})",
        "missing_offset": _fails("c[5]", LOCAL_TIME + OFFSET),
        "in_future": f"ts > {text(latest(task.deposited_at))}::TIMESTAMP",
        "before_programme": f"ts < {text(PROGRAMME_START)}::TIMESTAMP",
        "foreign_pharmacy": "NOT EXISTS (FROM spans WHERE spans.p::VARCHAR = f AND ts >= since AND ts < until)",
        "unknown_type": f"c[6] NOT IN ({texts(list(FIELDS))})",
        "bad_user_ref": _fails("c[7]", USER_REF),
        "missing_value": "missing IS NOT NULL",
        "unexpected_value": "unexpected IS NOT NULL",
    }
    order = [code for code in LINE_CODES if code in tests]
    return "CASE " + " ".join(f"WHEN {tests[code]} THEN '{code}'" for code in order) + " ELSE 'malformed_row' END"


def _matches(cell: str, pattern: str) -> str:
    return f"regexp_full_match({cell}, {text(pattern)})"


def _fails(cell: str, pattern: str) -> str:
    return f"NOT {_matches(cell, pattern)}"


def _missing() -> dict[str, str]:
    """For each own field, when a line lacks it."""
    return {
        column: f"c[{at}] = '' AND c[6] IN ({texts([kind for kind in FIELDS if column in FIELDS[kind]])})"
        for at, column in enumerate(COLUMNS[COMMON:], COMMON + 1)
    }


def _unexpected() -> dict[str, str]:
    """For each own field, when it holds what its type does not allow."""
    found = {}
    for at, column in enumerate(COLUMNS[COMMON:], COMMON + 1):
        owners = {kind: FIELDS[kind][column] for kind in FIELDS if column in FIELDS[kind]}
        allowed = " OR ".join(f"c[6] = '{kind}' AND c[{at}] IN ({texts(list(v))})" for kind, v in owners.items())
        found[column] = f"c[{at}] <> '' AND NOT ({allowed})"
    return found


def _first_column(tests: dict[str, str]) -> str:
    return "CASE " + " ".join(f"WHEN {test} THEN '{column}'" for column, test in tests.items()) + " END"


def _columns() -> str:
    return f"[{texts(list(COLUMNS))}]"


def _column_cases() -> str:
    return " ".join(f"WHEN '{code}' THEN '{column}'" for code, column in _COLUMN.items())
