"""Importing the open FINESS file: pharmacies created, updated, closed; one transaction, repeatable.

The same file again changes nothing: only rows whose facts differ are written, and ``source_date`` is the date of the
file that last changed a pharmacy. An older file never overwrites what a later one said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

from django.db import connection, transaction

from portal.common import clock
from portal.common.refusals import refuse
from portal.imports.models import ImportKind
from portal.imports.selectors import latest_file_date
from portal.imports.services.record import RejectedRow, record_run
from portal.registry.domain.finess_closing import ClosingScope, closing_scope
from portal.registry.domain.finess_file import FinessFile, Reading
from portal.registry.domain.finess_pharmacy import PharmacyRow
from portal.registry.domain.finess_remarks import WHOLE_FILE, WHOLE_LINE, Remark
from portal.registry.services import import_finess_stage as stage
from portal.registry.services.import_finess_report import Report
from portal.registry.services.import_finess_source import Source, examine

Progress = Callable[[int], None]
_LOCK = 0x46494E455353  # « FINESS »: one import at a time
_PROGRESS_EVERY = 10_000


def import_finess(*, path: Path, dry_run: bool = False, progress: Progress | None = None) -> Report:
    """Import one file; ``progress`` is told the number of establishments read, every ten thousand or so.

    Raises ``OSError`` when the file cannot be read, ``FileRefused`` when it is refused whole and ``Refused``
    (``import_running``) when another import is under way: in each case nothing is written.
    """
    started_at = clock.machine_now()
    source = examine(path)
    with transaction.atomic():
        _alone()
        report = _import(source, dry_run, started_at, progress or (lambda _: None))
    return report


def _alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        row = cursor.fetchone()
    if not (row and row[0]):
        raise refuse(
            "import_running", "Un autre import FINESS est en cours : attendez qu’il finisse, puis relancez celui-ci."
        )


def _import(source: Source, dry_run: bool, started_at: datetime, progress: Progress) -> Report:
    reading = _read(source, clock.paris_date(started_at), progress)
    file_date = reading.day
    states = stage.compare(file_date, reading.withheld)
    scope = _scope(reading, file_date)
    closed = stage.count_missing(file_date, scope.departments, reading.categories)
    report = Report(
        file=source.path.name,
        sha256=source.sha256,
        file_date=file_date,
        dry_run=dry_run,
        rows=reading.rows,
        pharmacies=reading.pharmacies,
        created=states.get(stage.NEW, 0),
        updated=states.get(stage.CHANGED, 0) + states.get(stage.REOPENED, 0),
        reopened=states.get(stage.REOPENED, 0),
        closed=closed,
        unchanged=sum(states.get(state, 0) for state in (stage.SAME, stage.OLDER, stage.BY_HAND)),
        geolocated=reading.geolocated,
        rejected=reading.rejected,
        warnings=[*reading.warnings, *_doubts(states, scope)],
    )
    if not dry_run:
        stage.write(file_date, scope.departments, reading.categories)
        _record(report, started_at)
    return report


def _read(source: Source, today: date, progress: Progress) -> Reading:
    with source.lines() as lines:
        file = FinessFile(lines, today=today, named_date=source.named_date)
        stage.load(_told(file, progress))
    return file.reading


def _told(file: FinessFile, progress: Progress) -> Iterator[PharmacyRow]:
    told = 0
    for row in file.pharmacies():
        if file.reading.rows - told >= _PROGRESS_EVERY:
            told = file.reading.rows
            progress(told)
        yield row


def _scope(reading: Reading, file_date: date) -> ClosingScope:
    latest = latest_file_date(ImportKind.FINESS)
    return closing_scope(
        stage.tallies(),
        older=latest is not None and latest > file_date,
        cut=reading.cut,
        unreadable=reading.unreadable,
    )


def _doubts(states: dict[str, int], scope: ClosingScope) -> Iterator[Remark]:
    """What the comparison leaves for a person to look at."""
    if states.get(stage.OLDER):
        yield _about_file(
            f"{states[stage.OLDER]} pharmacies ont été décrites par un fichier plus récent : laissées telles quelles"
        )
    for line, finess, closed_on in stage.still_there():
        reason = f"pharmacie fermée à la main le {closed_on:%d/%m/%Y} : laissée fermée bien que le fichier la porte"
        yield Remark(line, "nofinesset", finess, reason)
    if scope.hindrance:
        yield _about_file(f"aucune pharmacie absente du fichier n’est fermée : {scope.hindrance}")
    for tally in scope.unreadable:
        yield _about_file(
            f"département {tally.department} : le numéro FINESS d’une ligne rejetée est illisible, ce peut être celui "
            f"d’une pharmacie absente ; les {tally.missing} absentes restent ouvertes"
        )
    for tally in scope.partial:
        yield _about_file(
            f"département {tally.department} : le fichier porte {tally.carried} des {tally.known} pharmacies connues, "
            f"trop peu pour le croire complet ; les {tally.missing} absentes restent ouvertes"
        )
    if scope.absent:
        departments = ", ".join(tally.department for tally in scope.absent)
        yield _about_file(f"départements absents du fichier, laissés tels quels : {departments}")


def _about_file(reason: str) -> Remark:
    return Remark(WHOLE_FILE, WHOLE_LINE, "", reason)


def _record(report: Report, started_at: datetime) -> None:
    record_run(
        kind=ImportKind.FINESS,
        file_name=report.file,
        sha256=report.sha256,
        file_date=report.file_date,
        started_at=started_at,
        finished_at=clock.machine_now(),
        counts=report.counts,
        rejected=(RejectedRow(r.line, r.column, r.value, r.reason) for r in report.rejected),
    )
