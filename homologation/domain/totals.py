"""The file of monthly totals that a supplier deposits where it sends no activity log: one line a pharmacy and month.

Totals only: no column names a person, and nothing that looks like a patient's number is read. Wholly good or refused.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from homologation.domain.patient_numbers import check_free_text
from homologation.domain.supervision import next_month
from portal.common.refusals import Refusal

COLUMNS = ("finess", "mois", "appels", "recuperations", "verifications", "echecs", "cpx", "certificat", "prescriptions")
COVERAGE = ("traces_du", "traces_au")
"""Optional: the first and last days that the traces cover."""
MOST_LINES = 5_000
MOST_SHOWN = 20
_FINESS, _MONTH, _COUNT = (
    re.compile("[0-9][0-9A-Z][0-9]{7}"),
    re.compile("([0-9]{4})-([0-9]{2})"),
    re.compile("[0-9]{1,9}"),
)


@dataclass(frozen=True)
class Totals:
    """One line: counts of a pharmacy over the month that begins on ``month``; ``log_until`` is excluded."""

    line: int
    finess: str
    month: date
    calls: int
    retrieval: int
    verification: int
    failed: int
    cpx: int
    org: int
    prescriptions: int
    log_from: date | None = None
    log_until: date | None = None


def read_totals(content: bytes, today: date) -> tuple[list[Totals], list[Refusal]]:
    """The lines of a file, or why it is refused: then nothing of it is to be taken."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], [_bad("encoding", "Ce fichier n’est pas en UTF-8. Enregistrez-le en CSV UTF-8.")]
    if refusals := check_free_text(text, "file"):
        return [], refusals
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    head = [cell.strip() for cell in rows[0]] if rows else []
    if tuple(head) not in (COLUMNS, COLUMNS + COVERAGE):
        words = f"La première ligne doit être « {';'.join(COLUMNS)} », suivie ou non de « {';'.join(COVERAGE)} »."
        return [], [_bad("header", f"{words} Aucune autre colonne n’est acceptée.")]
    lines = [(at, row) for at, row in enumerate(rows[1:], start=2) if any(cell.strip() for cell in row)]
    if not 1 <= len(lines) <= MOST_LINES:
        return [], [_bad("lines", f"Ce fichier a {len(lines)} lignes de totaux ; attendu : de 1 à {MOST_LINES}.")]
    return _read(lines, head, today)


def _read(lines: list[tuple[int, list[str]]], head: list[str], today: date) -> tuple[list[Totals], list[Refusal]]:
    good: list[Totals] = []
    problems: list[Refusal] = []
    seen: dict[tuple[str, date], int] = {}
    for at, row in lines:
        cells = dict(zip(head, (cell.strip() for cell in row), strict=False))
        found = (
            ["le nombre de colonnes n’est pas celui de l’en-tête"] if len(row) != len(head) else list(_faults(cells))
        )
        if not found:
            one = _totals(at, cells)
            found = list(_contradictions(one, today))
            first = seen.setdefault((one.finess, one.month), at)
            found += [f"même pharmacie et même mois que la ligne {first}"] if first != at else []
            good.append(one)
        problems += [_bad("line", f"Ligne {at} : {fault}.") for fault in found]
    if len(problems) > MOST_SHOWN:
        more = len(problems) - MOST_SHOWN
        problems = [*problems[:MOST_SHOWN], _bad("more", f"Et {more} autres fautes. Corrigez le fichier.")]
    return ([], problems) if problems else (good, [])


def _faults(cells: Mapping[str, str]) -> Iterator[str]:
    if not _FINESS.fullmatch(cells["finess"]):
        yield "« finess » doit être un FINESS géographique de 9 caractères"
    if _month(cells["mois"]) is None:
        yield "« mois » doit s’écrire aaaa-mm, par exemple 2022-10"
    for name in COLUMNS[2:]:
        if not _COUNT.fullmatch(cells[name]):
            yield f"« {name} » doit être un nombre entier"
    for name in COVERAGE:
        if cells.get(name) and _day(cells[name]) is None:
            yield f"« {name} » doit s’écrire aaaa-mm-jj"


def _totals(line: int, cells: Mapping[str, str]) -> Totals:
    month = _month(cells["mois"])
    assert month is not None  # noqa: S101  (narrows the type: looked at by _faults)
    last = _day(cells.get("traces_au", ""))
    calls, retrieval, verification, failed, cpx, org, prescriptions = (int(cells[name]) for name in COLUMNS[2:])
    return Totals(
        line=line,
        finess=cells["finess"],
        month=month,
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


def _contradictions(one: Totals, today: date) -> Iterator[str]:
    if one.month.year < 2022 or next_month(one.month) > today:
        yield "le mois doit être terminé, et de 2022 au plus tôt"
    if one.retrieval + one.verification != one.calls:
        yield "récupérations et vérifications ne font pas le total des appels"
    if one.cpx + one.org != one.calls:
        yield "cartes CPx et certificats ne font pas le total des appels"
    if one.failed > one.calls:
        yield "il y a plus d’échecs que d’appels"
    if one.log_from and one.log_until and one.log_from >= one.log_until:
        yield "« traces_du » doit précéder « traces_au »"


def _month(text: str) -> date | None:
    match = _MONTH.fullmatch(text)
    if not match or not 1 <= int(match[2]) <= 12 or not 1900 <= int(match[1]) <= 2199:
        return None
    return date(int(match[1]), int(match[2]), 1)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return day if day and 1900 <= day.year <= 2199 else None


def _bad(code: str, message: str) -> Refusal:
    return Refusal(code, message, "file")
