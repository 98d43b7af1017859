"""How the files that a supplier deposits each month are read: CSV, one line a thing said, wholly good or refused.

No column names a person, and nothing that looks like a patient's number is read.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar

from homologation.domain.supervision import next_month
from portal.common.patient_numbers import check_free_text
from portal.common.refusals import Refusal

MOST_LINES = 5_000
MOST_SHOWN = 20
_FINESS, _MONTH, _COUNT = (
    re.compile("[0-9][0-9A-Z][0-9]{7}"),
    re.compile("([0-9]{4})-([0-9]{2})"),
    re.compile("[0-9]{1,9}"),
)


class Line(Protocol):
    """What every line says: of which pharmacy and month, on which line of the file."""

    @property
    def line(self) -> int:
        """Its number in the file."""
        ...

    @property
    def finess(self) -> str:
        """The pharmacy."""
        ...

    @property
    def month(self) -> date:
        """The first day of the month."""
        ...

    @property
    def key(self) -> tuple[object, ...]:
        """What may be said once in a file."""
        ...


One = TypeVar("One", bound=Line)


@dataclass(frozen=True)
class Format(Generic[One]):
    """One kind of file: the headers admitted, what is wrong in cells, the line they make, what contradicts in it."""

    heads: tuple[tuple[str, ...], ...]
    faults: Callable[[Mapping[str, str]], Iterable[str]]
    read: Callable[[int, Mapping[str, str]], One]
    contradictions: Callable[[One, date], Iterable[str]]


def head_of(content: bytes) -> tuple[str, ...]:
    """The cells of the first line, whatever the rest is worth."""
    first = content.split(b"\n", 1)[0].decode("utf-8-sig", "replace")
    return tuple(cell.strip() for cell in first.strip().split(";"))


def read_lines(content: bytes, kind: Format[One], today: date) -> tuple[list[One], list[Refusal]]:
    """The lines of a file, or why it is refused: then nothing of it is to be taken."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], [_bad("encoding", "Ce fichier n’est pas en UTF-8. Enregistrez-le en CSV UTF-8.")]
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    except csv.Error:
        return [], [_bad("csv", "Ce fichier n’est pas un CSV lisible. Enregistrez-le en CSV, séparé par « ; ».")]
    head = [cell.strip() for cell in rows[0]] if rows else []
    if tuple(head) not in kind.heads:
        words = " ou ".join(f"« {';'.join(one)} »" for one in kind.heads)
        return [], [_bad("header", f"La première ligne doit être {words}. Aucune autre colonne n’est acceptée.")]
    lines = [(at, row) for at, row in enumerate(rows[1:], start=2) if any(cell.strip() for cell in row)]
    if not 1 <= len(lines) <= MOST_LINES:
        return [], [_bad("lines", f"Ce fichier a {len(lines)} lignes ; attendu : de 1 à {MOST_LINES}.")]
    # Each cell alone: the last of a line and the first of the next would make a number that nobody wrote.
    if refusals := check_free_text([row for _, row in lines if len(row) == len(head)], "file"):
        return [], refusals
    return _read(lines, head, kind, today)


def _read(
    lines: list[tuple[int, list[str]]], head: list[str], kind: Format[One], today: date
) -> tuple[list[One], list[Refusal]]:
    good: list[One] = []
    problems: list[Refusal] = []
    seen: dict[tuple[object, ...], int] = {}
    for at, row in lines:
        cells = dict(zip(head, (cell.strip() for cell in row), strict=False))
        whole = len(row) == len(head)
        found = list(kind.faults(cells)) if whole else ["le nombre de colonnes n’est pas celui de l’en-tête"]
        if not found:
            one = kind.read(at, cells)
            found = [*month_faults(one.month, today), *kind.contradictions(one, today)]
            first = seen.setdefault(one.key, at)
            found += [f"cette ligne dit la même chose que la ligne {first}"] if first != at else []
            good.append(one)
        problems += [_bad("line", f"Ligne {at} : {fault}.") for fault in found]
    if len(problems) > MOST_SHOWN:
        more = len(problems) - MOST_SHOWN
        problems = [*problems[:MOST_SHOWN], _bad("more", f"Et {more} autres fautes. Corrigez le fichier.")]
    return ([], problems) if problems else (good, [])


def place_faults(cells: Mapping[str, str]) -> Iterator[str]:
    """The pharmacy and the month are written as they must be."""
    if not _FINESS.fullmatch(cells["finess"]):
        yield "« finess » doit être un FINESS géographique de 9 caractères"
    if _month(cells["mois"]) is None:
        yield "« mois » doit s’écrire aaaa-mm, par exemple 2022-10"


def count_faults(cells: Mapping[str, str], names: Iterable[str], *, empty: bool = False) -> Iterator[str]:
    """These cells are counts; ``empty``: they may say nothing."""
    for name in names:
        if not _COUNT.fullmatch(cells[name]) and not (empty and not cells[name]):
            yield f"« {name} » doit être un nombre entier" + (", ou vide s’il n’est pas connu" if empty else "")


def month_faults(month: date, today: date) -> Iterator[str]:
    """The month is over, and not before the programme."""
    if month.year < 2022 or next_month(month) > today:
        yield "le mois doit être terminé, et de 2022 au plus tôt"


def month_of(cells: Mapping[str, str]) -> date:
    """The first day of the month of a line without ``place_faults``. Raises ValueError for another one."""
    month = _month(cells["mois"])
    if month is None:
        raise ValueError(cells["mois"])
    return month


def _month(text: str) -> date | None:
    match = _MONTH.fullmatch(text)
    if not match or not 1 <= int(match[2]) <= 12 or not 1900 <= int(match[1]) <= 2199:
        return None
    return date(int(match[1]), int(match[2]), 1)


def _bad(code: str, message: str) -> Refusal:
    return Refusal(code, message, "file")
