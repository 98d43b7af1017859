"""Figures as files for a spreadsheet: CSV (semicolons, UTF-8 with its mark) written as it is read, and XLSX."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import IO, Any

from django.http import FileResponse, StreamingHttpResponse

from portal.common.text import plain_cell

Row = Iterable[Any]
Sheet = tuple[str, Iterable[Row]]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 500


def csv_response(rows: Iterable[Row], name: str) -> StreamingHttpResponse:
    """The rows, heads first, sent as they are read."""
    response = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _lines(rows: Iterable[Row]) -> Iterator[bytes]:
    text = io.StringIO("\ufeff")
    text.seek(0, io.SEEK_END)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for number, row in enumerate(rows, start=1):
        writer.writerow([_said(value) for value in row])
        if number % CHUNK == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def xlsx_response(sheets: Iterable[Sheet], name: str) -> FileResponse:
    """The sheets in one workbook, written to disk row by row, then sent."""
    file = workbook(sheets)
    response = FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
    response["Cache-Control"] = "private, no-store"
    return response


def workbook(sheets: Iterable[Sheet]) -> IO[bytes]:
    """The workbook as an open temporary file, at its start."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append([_typed(value) for value in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the answer closes it)
    book.save(file)
    file.seek(0)
    return file


def _said(value: Any) -> str:
    """A value as a French spreadsheet reads it."""
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Decimal):
        return str(value).replace(".", ",")
    return plain_cell(str(value)) if isinstance(value, str) else str(value)


def _typed(value: Any) -> Any:
    return plain_cell(value) if isinstance(value, str) else value
