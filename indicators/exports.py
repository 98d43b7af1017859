"""Figures as files for a spreadsheet: CSV (semicolons, UTF-8 with its mark) written as it is read, and XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse

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


def xlsx_response(sheets: Iterable[Sheet], name: str) -> HttpResponse:
    """The sheets in one workbook; its rows wait on disk, only the packed file is held whole (under 2 MB for 20,000)."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append([_typed(value) for value in row])
    file = io.BytesIO()
    book.save(file)
    response = HttpResponse(file.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    response["Cache-Control"] = "private, no-store"
    return response


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
