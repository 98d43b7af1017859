"""The form of the cells of a line in SQL: what a cast of DuckDB takes beyond the contract is refused here.

A cast also takes hyphens elsewhere, blanks, signs, a time without seconds. One automaton over the whole line would say
as much at several times the cost; for the cells of nearly all lines a comparison of shape is enough.
"""

from __future__ import annotations

from indicators.domain.log_format import LOCAL_TIME, MAX_REVISION, OFFSET, REVISION, USER_REF
from indicators.engine.duck import text

_UUID = "-".join("_" * digits for digits in (8, 4, 4, 4, 12))
_TIME, _TIME_FORMAT = "2___-__-__T__:__:__+0_:00", "%Y-%m-%dT%H:%M:%S%z"


def event_id(cell: str) -> str:
    """SQL: the identity in a cell of the contract's form, else NULL."""
    return f"CASE WHEN {cell} LIKE '{_UUID}' THEN try_cast({cell} AS UUID) END"


def revision(cell: str) -> str:
    """SQL: the revision in a cell of the contract's form and within its bounds, else NULL."""
    formed = f"({cell} = '1' OR regexp_full_match({cell}, {text(REVISION)}))"
    return f"CASE WHEN {formed} AND try_cast({cell} AS INTEGER) <= {MAX_REVISION} THEN try_cast({cell} AS SMALLINT) END"


def status(cell: str) -> str:
    """SQL: whether the event is active; NULL for a status that is none."""
    return f"CASE WHEN {cell} = 'active' THEN true WHEN {cell} = 'cancelled' THEN false END"


def instant(cell: str) -> str:
    """SQL: the UTC instant of a cell of the contract's form, else NULL."""
    read = f"""CASE WHEN {cell} LIKE '{_TIME}' THEN try_strptime({cell}, '{_TIME_FORMAT}')
        WHEN regexp_full_match({cell}, {text(LOCAL_TIME + OFFSET)}) THEN try_cast({cell} AS TIMESTAMPTZ) END"""
    return f"make_timestamp(epoch_us({read}))"  # a cast from one type of instant to the other costs as much again


def user_ref(cell: str) -> str:
    """SQL: whether a cell is a pseudonym of the contract's form."""
    return f"regexp_full_match({cell}, {text(USER_REF)})"
