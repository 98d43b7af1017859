"""Verifying the whole journal and its roots: nothing is believed because the database says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from django.db import transaction

from portal.audit import files, seals
from portal.audit.domain.anchors import RootFile
from portal.audit.domain.check import Anchors, Check, Fault
from portal.audit.domain.events import Recorded
from portal.audit.models import AuditEvent, AuditRoot
from portal.audit.publishing import ROOTS, hold_publication, journaled, seal_of, statement_of
from portal.audit.services import COLUMNS

CHUNK = 5_000


@dataclass(frozen=True)
class Report:
    """What was verified. ``faults``: those of the roots first, then those of the rows as they stand in the journal."""

    checked: int
    chains: int
    root: AuditRoot | None
    faults: list[Fault] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    def as_json(self) -> dict[str, Any]:
        """The report as plain JSON; ``first`` is the first faulty row, else the first faulty root."""
        faults = [fault.as_json() for fault in self.faults]
        rows = [fault for fault in faults if fault["object_type"] != ROOTS]
        root = self.root and {
            "number": self.root.number,
            "day": self.root.day.isoformat(),
            "hash": self.root.hash,
            "count": self.root.count,
        }
        first = next(iter([*rows, *faults]), None)
        counts = {"checked": self.checked, "chains": self.chains}
        return {"ok": self.ok, **counts, "root": root, "faults": faults, "first": first}


def verify_journal(*, since: date | None = None, root_file: Path | None = None) -> Report:
    """Recompute every chain and hold it against the published roots, files and table, and ``root_file``.

    ``since``: a day (machine time, UTC); rows recorded before it are not recomputed, though their links, their number
    and their published heads still are; roots of before are not read, but for the last and the last time-stamped.
    ``root_file``: a root kept elsewhere, either file. Raises ``files.BadRootFile`` when that one cannot be read.
    """
    kept = files.read(root_file) if root_file else None
    roots, days = _published()
    faults, anchors = [*_broken_roots(roots), *_lost_roots(roots, days)], Anchors()
    stamped = _last_stamped(roots)
    held: dict[int, RootFile | None] = {root.number: None for root in _wanted(roots, since, stamped)}
    if kept is not None:
        faults += _kept_elsewhere(kept, roots)
        held[kept.statement.number] = kept
    by_number, sealed = {root.number: root for root in roots}, journaled()
    for number in sorted(held):
        if number in by_number:
            root = by_number[number]
            faults += _files_of(root, anchors)
            told = seals.problems(root, sealed.get(str(number), {}), last=number == stamped)
            faults += [_fault(number, problem) for problem in told]
        if (given := held[number]) is not None and not given.problem():
            anchors.add(given)
    check = Check(anchors, datetime.combine(since, time.min, UTC) if since else None)
    with transaction.atomic():
        check.run(_rows())
    return Report(check.checked, check.chains, roots[-1] if roots else None, [*faults, *check.faults])


def _published() -> tuple[list[AuditRoot], list[date]]:
    """The rows of the roots and the days of their files, while none is being published."""
    with transaction.atomic():
        hold_publication()
        return list(AuditRoot.objects.order_by("number")), files.published_days()


def _rows() -> Iterator[Recorded]:
    """The journal chain by chain, by a cursor of the server: read after the roots, so that it holds all they know."""
    rows = AuditEvent.objects.order_by("object_type", "object_id", "seq", "id").values_list(*COLUMNS)
    return map(Recorded._make, rows.iterator(chunk_size=CHUNK))


def _last_stamped(roots: list[AuditRoot]) -> int:
    """The number of the last root that bears a time-stamp, 0 for none: those since, of an authority away or given up,
    date nothing."""
    return max((root.number for root in roots if root.token is not None), default=0)


def _wanted(roots: list[AuditRoot], since: date | None, stamped: int) -> list[AuditRoot]:
    kept = {stamped, *(root.number for root in roots[-1:])}
    return [root for root in roots if since is None or root.day >= since or root.number in kept]


def _broken_roots(roots: list[AuditRoot]) -> Iterator[Fault]:
    """What the table itself shows: a root altered, removed, or that does not hang on the one before."""
    previous, expected = "", 1
    for root in roots:
        if root.number != expected:
            yield _fault(expected, f"les empreintes n° {expected} à {root.number - 1} manquent dans la table")
        elif root.previous != previous:
            yield _fault(root.number, "elle ne se rattache pas à l’empreinte précédente")
        if statement_of(root).hash != root.hash:
            yield _fault(root.number, "sa ligne dans la table a été changée : elle n’a plus son empreinte")
        previous, expected = root.hash, root.number + 1


def _lost_roots(roots: list[AuditRoot], days: list[date]) -> Iterator[Fault]:
    """Files of days that the table does not know."""
    for day in sorted(set(days) - {root.day for root in roots}):
        yield _fault(
            0,
            f"le fichier du {day:%d/%m/%Y} n’a pas de ligne dans la table : elle en a été retirée (ou la publication "
            "fut interrompue : si personne n’a reçu cette empreinte, retirez le fichier)",
        )


def _files_of(root: AuditRoot, anchors: Anchors) -> Iterator[Fault]:
    """Hold the root's own file, when it is whole, and tell where the two files and the table part."""
    told = f"fichier du {root.day:%d/%m/%Y} : "
    try:
        found = files.read_heads(root.day)
        public = files.read(files.public_path(root.day))
    except files.BadRootFile as error:
        yield _fault(root.number, str(error))
        return
    if problem := found.problem():
        yield _fault(root.number, told + problem)
    else:
        anchors.add(found)
    if problem := public.problem():
        yield _fault(root.number, f"{told}fichier public : {problem}")
    elif public.hash != found.hash or public.seal != found.seal:
        yield _fault(root.number, f"{told}le fichier public dit autre chose que celui du portail")
    if found.hash != root.hash:
        yield _fault(root.number, f"{told}il porte une autre empreinte que la table")
    elif found.seal != seal_of(root):
        yield _fault(root.number, f"{told}il porte un autre sceau que la table")


def _kept_elsewhere(kept: RootFile, roots: list[AuditRoot]) -> Iterator[Fault]:
    number, told = kept.statement.number, "fichier fourni : "
    if problem := kept.problem():
        yield _fault(number, told + problem)
    elif kept.hash not in {root.hash for root in roots}:
        yield _fault(number, f"{told}la table ne connaît pas son empreinte, {kept.hash}")


def _fault(number: int, problem: str) -> Fault:
    return Fault(ROOTS, str(number), number, problem)
