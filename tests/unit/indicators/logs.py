"""Made-up logs, read by the engine and by the reference reader, in folders of their own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from indicators.domain.counters import COUNTERS
from indicators.domain.log_format import HEADER
from indicators.engine.job import Outcome, Task
from indicators.engine.read import read
from indicators.kit.reference import Reference

NOW = datetime(2023, 6, 15, 10, tzinfo=UTC)
HERE, THERE, LATER, FOREIGN, UNKNOWN = "350000001", "2A0000002", "350000003", "350000009", "999999999"
SPANS: dict[str, list[list[str | None]]] = {
    HERE: [["2021-12-31 23:00:00", None]],
    THERE: [["2021-12-31 23:00:00", None]],
    LATER: [["2022-12-31 23:00:00", "2023-04-30 22:00:00"]],
}
KNOWN = {*SPANS, FOREIGN}
ID = "{:08x}-0000-4000-8000-000000000000"


def event(number: int = 1, **cells: str) -> str:
    """A good line, an ApCV claim of ``HERE``, with some cells changed."""
    row = {
        "event_id": ID.format(number),
        "revision": "1",
        "status": "active",
        "finess": HERE,
        "occurred_at": "2023-03-26T09:15:00+02:00",
        "type": "claim",
        "user_ref": "op1",
        "apcv": "1",
    } | cells
    return ";".join(row.get(column, "") for column in HEADER.split(";"))


def log(*lines: str, end: str = "\n") -> bytes:
    """A CSV file of these lines."""
    return "".join(f"{line}{end}" for line in (HEADER, *lines)).encode()


def reference() -> Reference:
    """The plain reader, told the same."""
    spans = {
        finess: [(_instant(since or ""), _instant(until) if until else None) for since, until in listed]
        for finess, listed in SPANS.items()
    }
    return Reference(spans, KNOWN, NOW)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass
class Shelf:
    """A supplier's deposits in a folder: their parts, and the figures as the portal's tables would hold them."""

    folder: Path
    slice_lines: int = 1_000_000
    pass_lines: int = 5_000_000
    history: list[Path] = field(default_factory=list)
    daily: dict[tuple[str, date], dict[str, int]] = field(default_factory=dict)
    users: dict[tuple[str, date, str], tuple[int, ...]] = field(default_factory=dict)

    def task(self, content: bytes) -> Task:
        """What reads this content after all that was taken before."""
        place = self.folder / f"deposit-{len(self.history)}-{len(list(self.folder.iterdir()))}"
        for name in ("lines", "parts"):
            (place / name).mkdir(parents=True)
        (place / "raw").write_bytes(content)
        return Task(
            raw=place / "raw",
            folder=place / "lines",
            parts=place / "parts",
            history=self.history,
            allowed=SPANS,  # type: ignore[arg-type]
            ids={finess: finess for finess in SPANS},
            known=lambda asked: KNOWN & set(asked),
            deposited_at=NOW,
            owner="supplier",
            threads=1,
            slice_lines=self.slice_lines,
            pass_lines=self.pass_lines,
        )

    def take(self, content: bytes, **given: Any) -> Outcome:
        """Read and accept. Raises ``FileRefused``."""
        task = replace(self.task(content), **given)
        outcome = read(task)
        touched = {(row[0], date.fromisoformat(row[1])) for row in _rows(outcome.touched)}
        self.daily = {k: v for k, v in self.daily.items() if (k[0], k[1].replace(day=1)) not in touched}
        self.users = {k: v for k, v in self.users.items() if k[:2] not in touched}
        for _, finess, day, *counts in _rows(outcome.daily):
            self.daily[finess, date.fromisoformat(day)] = dict(zip(COUNTERS, map(int, counts), strict=True))
        for _, finess, month, user, *counts in _rows(outcome.users):
            self.users[finess, date.fromisoformat(month), user] = tuple(map(int, counts))
        self.history = [*self.history, task.parts]
        return outcome

    def rejects(self, at: int = -1) -> list[tuple[int, str, str, str]]:
        """Line, code, column and value of what the deposit at this place left out."""
        with duckdb.connect() as duck:
            duck.read_parquet(str(self.history[at] / "rejects.parquet")).create_view("rejects")
            return duck.execute('SELECT line, code, "column", value FROM rejects ORDER BY line').fetchall()


def _rows(paths: Iterable[Path]) -> Iterable[list[str]]:
    for path in paths:
        yield from csv.reader(io.StringIO(path.read_text()))


def counted(figures: Mapping[tuple[str, date], dict[str, int]]) -> dict[tuple[str, date], dict[str, int]]:
    """Days with something counted or not: a day whose every counter is 0 says nothing."""
    return {key: value for key, value in figures.items() if any(value.values())}
