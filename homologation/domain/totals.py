"""The file of monthly totals that a supplier deposits where it sends no activity log: one line a pharmacy and month.

Totals only: no column names a person, and nothing that looks like a patient's number is read. Wholly good or refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from homologation.domain.figures import Figures
from homologation.domain.monthly_file import (
    Format,
    count_faults,
    month_of,
    place_faults,
    read_lines,
)
from portal.common.refusals import Refusal

COLUMNS = ("finess", "mois", "appels", "recuperations", "verifications", "echecs", "cpx", "certificat", "prescriptions")
COVERAGE = ("traces_du", "traces_au")
"""Optional: the first and last days that the traces cover."""


@dataclass(frozen=True)
class Totals:
    """One line: figures of a pharmacy over the month that begins on ``month``."""

    line: int
    finess: str
    month: date
    figures: Figures

    @property
    def key(self) -> tuple[str, date]:
        """What may be said once in a file."""
        return self.finess, self.month


def read_totals(content: bytes, today: date) -> tuple[list[Totals], list[Refusal]]:
    """The lines of a file, or why it is refused: then nothing of it is to be taken."""
    return read_lines(content, Format((COLUMNS, COLUMNS + COVERAGE), _faults, _totals, _contradictions), today)


def _faults(cells: Mapping[str, str]) -> Iterator[str]:
    yield from place_faults(cells)
    yield from count_faults(cells, COLUMNS[2:])
    for name in COVERAGE:
        if cells.get(name) and _day(cells[name]) is None:
            yield f"« {name} » doit s’écrire aaaa-mm-jj"


def _totals(line: int, cells: Mapping[str, str]) -> Totals:
    last = _day(cells.get("traces_au", ""))
    calls, retrieval, verification, failed, cpx, org, prescriptions = (int(cells[name]) for name in COLUMNS[2:])
    figures = Figures(
        calls=calls,
        retrieval=retrieval,
        verification=verification,
        failed=failed,
        cpx=cpx,
        org=org,
        prescriptions=prescriptions,
        log_from=_day(cells.get("traces_du", "")),
        log_until=last + timedelta(days=1) if last else None,
    )
    return Totals(line, cells["finess"], month_of(cells), figures)


def _contradictions(line: Totals, today: date) -> Iterator[str]:
    one = line.figures
    if one.retrieval + one.verification != one.calls:
        yield "récupérations et vérifications ne font pas le total des appels"
    if one.cpx + one.org != one.calls:
        yield "cartes CPx et certificats ne font pas le total des appels"
    if one.failed > one.calls:
        yield "il y a plus d’échecs que d’appels"
    if one.log_from and one.log_until and one.log_from >= one.log_until:
        yield "« traces_du » doit précéder « traces_au »"


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return day if day and 1900 <= day.year <= 2199 else None
