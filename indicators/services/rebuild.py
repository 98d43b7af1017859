"""Deriving everything again from the raw files alone, in the order of acceptance, to compare or to replace."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from django.db import connection, transaction

from indicators import storage
from indicators.engine.job import Outcome
from indicators.engine.read import read
from indicators.engine.refusals import FileRefused
from indicators.models import Deposit
from indicators.services.figures import CELL_COLUMNS, DAILY_COLUMNS, USER_COLUMNS, Tables, replace_figures
from indicators.services.reading import accepted_before, alone, counts_of, fill_counts, task_of

COPIES = Tables("activity_daily", "activity_users", "activity_deposit_cells")
_SHAPES = (
    (COPIES.daily, Tables().daily, ("supplier_id", *DAILY_COLUMNS[1:])),
    (COPIES.users, Tables().users, ("supplier_id", *USER_COLUMNS[1:])),
    (COPIES.cells, Tables().cells, ("deposit_id", *CELL_COLUMNS)),
)


def rebuild(supplier: UUID, *, check: bool) -> list[str]:
    """The differences between what is stored and what the raw files give; without ``check`` they are then mended."""
    with alone(supplier), _workshop(supplier) as place, transaction.atomic():
        accepted = accepted_before(supplier)
        differences: list[str] = []
        _copies()
        for at, deposit in enumerate(accepted):
            before = [place / str(one.pk) for one in accepted[:at]]
            found = _again(deposit, place, before)
            if isinstance(found, str):
                return [*differences, f"{deposit.name} ({deposit.sha256[:12]}) : {found}"]
            differences += _compare(deposit, found, place / str(deposit.pk))
        differences += _compare_figures(supplier)
        if not check:
            _replace(supplier, accepted, place)
    return differences


def _again(deposit: Deposit, place: Path, before: list[Path]) -> Outcome | str:
    """Read a deposit as it was pinned into ``place``; a sentence when it cannot be read to the same end."""
    try:
        raw = storage.bytes_of(deposit.pk, deposit.sha256)
    except FileNotFoundError:
        return "le fichier reçu a disparu."
    digest = hashlib.sha256()
    for block in storage.blocks(raw):
        digest.update(block)
    if digest.hexdigest() != deposit.sha256:
        return "le fichier reçu a changé."
    work = Path(tempfile.mkdtemp(dir=place))
    unknown = set(deposit.unknown)
    task = replace(task_of(deposit, work, history=before), known=lambda asked: set(asked) - unknown)
    try:
        outcome = read(task)
    except FileRefused as refusal:
        return f"refusé à la relecture ({refusal.code})."
    replace_figures(outcome, supplier=deposit.supplier_id, deposit=deposit.pk, tables=COPIES)
    task.parts.replace(place / str(deposit.pk))
    shutil.rmtree(work)
    return outcome


def _compare(deposit: Deposit, outcome: Outcome, parts: Path) -> list[str]:
    again = Deposit(pk=deposit.pk)
    fill_counts(again, outcome)
    found = []
    if counts_of(again) != counts_of(deposit):
        found.append(f"{deposit.name} : {counts_of(deposit)} enregistrés, {counts_of(again)} à la relecture.")
    kept = storage.parts(deposit.supplier_id, deposit.pk)
    if _listing(kept) != _listing(parts):
        found.append(f"{deposit.name} : les lignes acceptées ou rejetées conservées diffèrent.")
    return found


def _listing(home: Path) -> list[str]:
    return sorted(str(path.relative_to(home)) for path in home.rglob("*.parquet"))


def _copies() -> None:
    with connection.cursor() as cursor:
        for copy, original, columns in _SHAPES:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{copy}")
            cursor.execute(
                f"CREATE TEMPORARY TABLE {copy} ON COMMIT DROP AS SELECT {', '.join(columns)} FROM {original} LIMIT 0"
            )


def _compare_figures(supplier: UUID) -> list[str]:
    found = []
    with connection.cursor() as cursor:
        for copy, original, columns in _SHAPES:
            names, scope = ", ".join(columns), _scope(original)
            stored = f"SELECT {names} FROM {original} WHERE {scope}"
            again = f"SELECT {names} FROM {copy}"
            cursor.execute(
                f"SELECT count(*) FROM (({stored} EXCEPT ALL {again}) UNION ALL ({again} EXCEPT ALL {stored})) x",
                [supplier, supplier],
            )
            count = cursor.fetchone()[0]
            if count:
                found.append(f"{original} : {count} lignes diffèrent.")
    return found


def _replace(supplier: UUID, accepted: list[Deposit], place: Path) -> None:
    with connection.cursor() as cursor:
        for copy, original, columns in _SHAPES:
            names = ", ".join(columns)
            cursor.execute(f"DELETE FROM {original} WHERE {_scope(original)}", [supplier])
            cursor.execute(f"INSERT INTO {original} ({names}) SELECT {names} FROM {copy}")
    for deposit in accepted:
        storage.publish(place / str(deposit.pk), storage.parts(supplier, deposit.pk))


def _scope(table: str) -> str:
    if table == Tables().cells:
        return "deposit_id IN (SELECT id FROM indicators_deposit WHERE supplier_id = %s)"
    return "supplier_id = %s"


@contextmanager
def _workshop(supplier: UUID) -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(dir=storage.folder("work", supplier)))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
