"""What the engine is told about a file, and what it answers; it knows neither Django nor the database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

Spans = list[tuple[str, str | None]]


@dataclass(frozen=True)
class Task:
    """One file to read. ``allowed``: spans ``[from, until)`` by FINESS, UTC instants, disjoint; ``ids``: what stands
    for an allowed FINESS and ``owner`` for the supplier in the figures; ``known``: which of the
    FINESS asked about are pharmacies; ``history``: folders of the parts accepted before, ``parts`` where to write;
    ``progress``: told the lines read so far and how many of them are not good in form."""

    raw: Path
    folder: Path
    parts: Path
    history: list[Path]
    allowed: Mapping[str, Spans]
    ids: Mapping[str, str]
    known: Callable[[Collection[str]], set[str]]
    deposited_at: datetime
    owner: str
    memory: str = "1500MB"
    threads: int = 2
    slice_lines: int = 1_000_000
    pass_lines: int = 5_000_000
    progress: Callable[[int, int], None] = lambda lines, bad: None


@dataclass
class Outcome:
    """What the file gave. The paths are CSV without header, for COPY: cells ``place,month,count``, touched
    ``place,month``; daily and users as the columns of their tables from ``owner, place`` on."""

    lines: int = 0
    accepted: int = 0
    duplicates: int = 0
    superseded: int = 0
    cancelled: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    cells: list[Path] = field(default_factory=list)
    touched: list[Path] = field(default_factory=list)
    daily: list[Path] = field(default_factory=list)
    users: list[Path] = field(default_factory=list)
