"""From physical lines to cells, by RFC 4180, without letting one stray quote swallow the rest of the file."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SEPARATOR = ";"
_LONGEST_RECORD = 5
_STARTS_A_RECORD = re.compile(r'(?:structureet|geolocalisation);|"?[0-9][0-9A-Z][0-9]{7}"?;')


@dataclass(slots=True)
class Record:
    """One record: its first physical line (from 1), its text without the line end, its cells."""

    line: int
    raw: str
    cells: list[str]


def records(lines: Iterable[str]) -> Iterator[Record]:
    """Cut lines into records; empty lines are passed over.

    A quote left open takes in the following lines, as RFC 4180 has it, but neither more than five lines nor
    a line that begins like a record: the damage of a missing quote stays on its own line.
    """
    held: Record | None = None
    taken = 0
    for number, text in enumerate(lines, start=1):
        raw = text.rstrip("\r\n")
        if held is not None:
            if taken < _LONGEST_RECORD and not _STARTS_A_RECORD.match(raw):
                held.raw, taken = f"{held.raw}\n{raw}", taken + 1
                held.cells, is_open = split_cells(held.raw)
                if is_open:
                    continue
                raw = ""
            yield held
            held = None
        if not raw.strip():
            continue
        cells, is_open = split_cells(raw)
        record = Record(number, raw, cells)
        if is_open:
            held, taken = record, 1
        else:
            yield record
    if held is not None:
        yield held


def split_cells(raw: str) -> tuple[list[str], bool]:
    """The cells of one record, and whether a quoted cell is still open at its end."""
    if '"' not in raw:
        return raw.split(SEPARATOR), False
    try:
        return next(csv.reader([raw], delimiter=SEPARATOR, strict=True)), False
    except csv.Error as error:
        is_open = "unexpected end of data" in str(error)
    try:
        return next(csv.reader([raw], delimiter=SEPARATOR)), is_open
    except csv.Error:
        return [raw], False
