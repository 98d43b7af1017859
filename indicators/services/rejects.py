"""The rejects of an accepted deposit as streamed files: the lines alone, to send again, or with their faults."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

from indicators import storage
from indicators.domain.codes import LINE_CODES
from indicators.domain.log_format import COLUMNS, HEADER
from indicators.engine.correct import Left, Told, is_json, left_out, told
from indicators.engine.json_lines import cells
from indicators.models import Deposit

EXPLAINED = ("ligne", "colonne", "code", "motif", "attendu", "à faire", *COLUMNS)
_FORMULA = ("=", "+", "-", "@", "\t")


def as_sent(deposit: Deposit) -> Iterator[str]:
    """The lines left out, in the very form of the log: corrected, the file can be sent as it is.

    A line that was too long is not among them: it was never read whole.
    """
    raw = storage.bytes_of(deposit.pk, deposit.sha256)
    if not is_json(raw):
        yield f"{HEADER}\n"
    for left in _left_out(deposit, raw):
        if left.code != "line_too_long":
            yield f"{left.sent}\n"


def explained(deposit: Deposit) -> Iterator[str]:
    """The same for a spreadsheet: number, column, code and French words first, then the cells as sent."""
    raw = storage.bytes_of(deposit.pk, deposit.sha256)
    json = is_json(raw)
    yield "\ufeff" + _row(EXPLAINED)
    for left in _left_out(deposit, raw):
        fault = LINE_CODES[left.code]
        words = (str(left.line), left.column, left.code, fault.wrong, fault.expected, fault.todo)
        yield _row((*words, *map(_harmless, _cells(left, json=json))))


def page_of(deposit: Deposit, *, code: str, start: int, count: int) -> list[Told]:
    """Some of the lines left out, in their order; of one code where it is given. Raises OSError where they cannot be
    read any more: ``rebuild_activity`` makes them again."""
    with tempfile.TemporaryDirectory() as folder:
        return told(_rejects(deposit), Path(folder), code=code, start=start, count=count)


def is_json_log(deposit: Deposit) -> bool:
    """Whether the file was JSON Lines. Raises FileNotFoundError when its bytes are gone."""
    return is_json(storage.bytes_of(deposit.pk, deposit.sha256))


def _cells(left: Left, *, json: bool) -> list[str]:
    """The cells of a line; the whole of one that is no object of JSON, nothing of one that was never read whole."""
    if left.code == "line_too_long":
        return []
    sent = cells(left.sent) if json else left.sent
    return [left.sent] if sent is None else sent.split(";")


def _left_out(deposit: Deposit, raw: Path) -> Iterator[Left]:
    with tempfile.TemporaryDirectory() as folder:
        yield from left_out(raw, _rejects(deposit), Path(folder))


def _rejects(deposit: Deposit) -> Path:
    return storage.parts(deposit.supplier_id, deposit.pk) / "rejects.parquet"


def _row(values: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow(values)
    return line.getvalue()


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet does not take for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
