"""The quick tests of a cell say the same as the contract's patterns, one or two characters away from a good cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import duckdb
import pytest

from indicators.domain.log_format import EVENT_ID, LOCAL_TIME, MAX_REVISION, OFFSET, REVISION, USER_REF
from indicators.engine import cells

CHARACTERS = " 012359abTZ+-:.{}\té٣"


def _near(cell: str) -> Iterator[str]:
    """Every text that differs from ``cell`` by one or two characters, or is one longer or shorter."""
    for at in range(len(cell) + 1):
        yield cell[:at] + cell[at + 1 :]
        yield from (cell[:at] + new + cell[at:] for new in CHARACTERS)
        for other in range(at, len(cell)):
            for new in CHARACTERS:
                for newer in CHARACTERS:
                    changed = list(cell)
                    changed[at : at + 1], changed[other] = new, newer
                    yield "".join(changed)


def _found(texts: set[str], sql: str) -> dict[str, object]:
    with duckdb.connect() as duck:
        duck.execute("SET timezone = 'UTC'")
        duck.execute("CREATE TABLE s AS SELECT unnest(?) AS c", [sorted(texts)])
        return dict(duck.execute(f"SELECT c, {sql} FROM s").fetchall())  # noqa: S608


def _instant(cell: str) -> datetime | None:
    if not re.fullmatch(f"(?:{LOCAL_TIME})(?:{OFFSET})", cell, re.ASCII):
        return None
    try:
        return datetime.fromisoformat(cell).astimezone(UTC).replace(tzinfo=None)
    except ValueError:
        return None


@pytest.mark.parametrize(
    "cell",
    ["2023-03-26T09:15:00+02:00", "2024-02-29T23:59:59+01:00", "2023-03-26T09:15:00Z", "2023-01-31T00:00:00.25-04:30"],
)
def test_instants(cell: str) -> None:
    near = set(_near(cell))
    found = _found(near, cells.instant("c"))
    assert found == {one: _instant(one) for one in near}
    assert len(near) > 50_000
    assert len({value for value in found.values() if value}) > 50


@pytest.mark.parametrize(
    ("cell", "sql", "good"),
    [
        (
            "c804ce19-8ec3-37e3-dc76-2bdd1a09aece",
            f"({cells.event_id('c')}) IS NOT NULL",
            lambda cell: re.fullmatch(EVENT_ID, cell),
        ),
        (
            "32767",
            f"({cells.revision('c')}) IS NOT NULL",
            lambda cell: re.fullmatch(REVISION, cell) and int(cell) <= MAX_REVISION,
        ),
        ("1", f"({cells.revision('c')}) IS NOT NULL", lambda cell: re.fullmatch(REVISION, cell)),
        ("active", f"({cells.status('c')}) IS NOT NULL", lambda cell: cell in ("active", "cancelled")),
        ("cancelled", f"({cells.status('c')}) IS NOT NULL", lambda cell: cell in ("active", "cancelled")),
        ("op-7_B", cells.user_ref("c"), lambda cell: re.fullmatch(USER_REF, cell)),
    ],
)
def test_other_cells(cell: str, sql: str, good: Callable[[str], object]) -> None:
    near = {cell, *_near(cell)}
    assert _found(near, sql) == {one: bool(good(one)) for one in near}
