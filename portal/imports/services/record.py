"""Recording an accepted import; the caller's transaction is the import's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from portal.imports.models import ImportKind, ImportReject, ImportRun

_BATCH = 1000
_NAME_LENGTH, _CELL_LENGTH, _REASON_LENGTH = 255, 80, 400


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One row left out. Longer texts are cut to what the trace keeps."""

    line: int
    column: str
    value: str
    reason: str


@transaction.atomic
def record_run(
    *,
    kind: ImportKind,
    file_name: str,
    sha256: str,
    file_date: date | None,
    started_at: datetime,
    finished_at: datetime,
    counts: Mapping[str, int],
    rejected: Iterable[RejectedRow],
) -> ImportRun:
    """Write the trace of one accepted import and of its rejected rows; instants are the machine's."""
    run = ImportRun.objects.create(
        kind=kind,
        file_name=file_name[-_NAME_LENGTH:],
        sha256=sha256,
        file_date=file_date,
        started_at=started_at,
        finished_at=finished_at,
        counts=dict(counts),
    )
    ImportReject.objects.bulk_create(
        (
            ImportReject(
                run=run,
                line=row.line,
                column=row.column[:_CELL_LENGTH],
                value=row.value[:_CELL_LENGTH],
                reason=row.reason[:_REASON_LENGTH],
            )
            for row in rejected
        ),
        batch_size=_BATCH,
    )
    return run
