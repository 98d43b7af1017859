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

from django.db import transaction

from indicators import storage
from indicators.engine.contents import compare_parts
from indicators.engine.job import Outcome
from indicators.engine.read import read
from indicators.engine.refusals import FileRefused
from indicators.models import Deposit
from indicators.services.again import ask_results
from indicators.services.copies import CELLS, COPIES, DAILY, USERS, Scope, make_copies, put_in_place
from indicators.services.copies import differences as compare
from indicators.services.figures import replace_figures
from indicators.services.reading import accepted_before, alone, counts_of, fill_counts, task_of

_SHAPES = (DAILY, USERS, CELLS)
_SHOWN = 20
"""Parts named of one deposit."""


def rebuild(supplier: UUID, *, check: bool) -> list[str]:
    """The differences between what is stored and what the raw files give; without ``check`` they are then mended,
    and the results that they change asked for."""
    with alone(supplier), _workshop(supplier) as place, transaction.atomic():
        accepted = accepted_before(supplier)
        differences: list[str] = []
        make_copies(_SHAPES)
        for at, deposit in enumerate(accepted):
            before = [place / str(one.pk) for one in accepted[:at]]
            found = _again(deposit, place, before)
            if isinstance(found, str):
                return [*differences, f"{deposit.name} ({deposit.sha256[:12]}) : {found}"]
            differences += _compare(deposit, found, place / str(deposit.pk))
        figures = compare(_SHAPES, Scope(supplier))
        differences += figures.words
        if not check:
            _replace(supplier, accepted, place)
            ask_results(figures.by_year)
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
    with tempfile.TemporaryDirectory() as folder:
        told = compare_parts(storage.parts(deposit.supplier_id, deposit.pk), parts, Path(folder))
    more = [f"et {len(told) - _SHOWN} autres différences."] if len(told) > _SHOWN else []
    return [*found, *(f"{deposit.name} : {words}" for words in [*told[:_SHOWN], *more])]


def _replace(supplier: UUID, accepted: list[Deposit], place: Path) -> None:
    put_in_place(_SHAPES, Scope(supplier))
    for deposit in accepted:
        storage.publish(place / str(deposit.pk), storage.parts(supplier, deposit.pk))


@contextmanager
def _workshop(supplier: UUID) -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(dir=storage.folder("work", supplier)))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
