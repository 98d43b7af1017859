"""Reading the ANS's list: a CSV of the columns below, each bad row with its line, column, value and reason.

``numero_unique;logiciel;version;editeur;siret;statut;date_effet``, in any order, ``siret`` optional; separated by
semicolons or commas; UTF-8 or Windows-1252; dates as ``jj/mm/aaaa`` or ``aaaa-mm-jj``; statuses in the words of the
public registry, in any case and accents.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from portal.common.identifiers import check_siret, normalise
from portal.common.refusals import Refusal, refuse
from portal.common.text import fold
from portal.registry.domain.referencing import STATUS_LABELS, Status

COLUMNS = ("numero_unique", "logiciel", "version", "editeur", "siret", "statut", "date_effet")
OPTIONAL = frozenset({"siret"})
MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 5_000
_LENGTHS = {"numero_unique": 60, "logiciel": 120, "version": 40, "editeur": 200}
_STATUSES = {fold(label): status for status, label in STATUS_LABELS.items()} | {
    fold(word): status
    for word, status in {
        "Preuves en instruction": Status.COMPLETE,
        "Dossier complet": Status.COMPLETE,
        "Référencée": Status.REFERENCED,
        "Retirée": Status.WITHDRAWN,
        "Suspendue": Status.SUSPENDED,
        "Remplacée": Status.REPLACED,
        "Refusée": Status.REFUSED,
        "Abandonnée": Status.ABANDONED,
    }.items()
}


@dataclass(frozen=True)
class ListRow:
    """One row read well; ``line`` is physical, from 1. An absent number or SIRET is an empty text."""

    line: int
    number: str
    software: str
    version: str
    supplier: str
    siret: str
    status: Status
    day: date

    def as_json(self) -> dict[str, str | int]:
        """The row as kept."""
        return {
            "line": self.line,
            "number": self.number,
            "software": self.software,
            "version": self.version,
            "supplier": self.supplier,
            "siret": self.siret,
            "status": self.status.value,
            "day": self.day.isoformat(),
        }


@dataclass(frozen=True)
class BadCell:
    """Why a row was left out."""

    line: int
    column: str
    value: str
    reason: str

    def as_json(self) -> dict[str, str | int]:
        """The cell as kept, its value cut at 80 characters."""
        return {"line": self.line, "column": self.column, "value": self.value[:80], "reason": self.reason}


def row_from(stored: dict[str, str | int]) -> ListRow:
    """A row as kept, read back."""
    return ListRow(
        line=int(stored["line"]),
        number=str(stored["number"]),
        software=str(stored["software"]),
        version=str(stored["version"]),
        supplier=str(stored["supplier"]),
        siret=str(stored["siret"]),
        status=Status(str(stored["status"])),
        day=date.fromisoformat(str(stored["day"])),
    )


def decode(content: bytes) -> str:
    """The text of a file. Raises ``Refused`` when it is empty, too large or not text."""
    if not content.strip():
        raise refuse("empty", "Ce fichier est vide.", "file")
    if len(content) > MAX_BYTES:
        raise refuse("too_large", "Ce fichier dépasse 2 Mo : ce n’est sans doute pas la liste de l’ANS.", "file")
    if b"\x00" in content or content.startswith(b"PK\x03\x04"):
        raise refuse(
            "not_text", "Ce fichier n’est pas un CSV. Enregistrez la feuille au format CSV, puis recommencez.", "file"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read_list(text: str) -> tuple[list[ListRow], list[BadCell]]:
    """The rows read well and the others. Raises ``Refused`` when the columns are not those expected."""
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if head.count(";") >= head.count(",") else ",")
    rows: list[ListRow] = []
    bad: list[BadCell] = []
    try:
        positions = _positions(next(reader))
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) + len(bad) >= MAX_ROWS:
                raise refuse("too_long", f"Cette liste dépasse {MAX_ROWS} lignes : vérifiez le fichier.", "file")
            _read_row(reader.line_num, cells, positions, rows, bad)
    except csv.Error as error:
        raise refuse("unreadable", f"Ligne {reader.line_num} : ce CSV ne se lit pas ({error}).", "file") from error
    return rows, bad


def _positions(header: list[str]) -> dict[str, int]:
    found = {fold(name).replace(" ", "_"): index for index, name in enumerate(header)}
    missing = [name for name in COLUMNS if name not in found and name not in OPTIONAL]
    if missing:
        raise refuse(
            "columns",
            f"Colonnes manquantes : {', '.join(missing)}. Première ligne attendue : {';'.join(COLUMNS)}.",
            "file",
        )
    return {name: found[name] for name in COLUMNS if name in found}


def _read_row(line: int, cells: list[str], positions: dict[str, int], rows: list[ListRow], bad: list[BadCell]) -> None:
    values = {name: cells[i].strip() if i < len(cells) else "" for name, i in positions.items()}
    values.setdefault("siret", "")
    faults = list(_faults(line, values))
    if not faults:
        row = _row(line, values)
        faults = list(_repeated(row, rows))
        if not faults:
            rows.append(row)
    bad += faults


def _faults(line: int, values: dict[str, str]) -> Iterator[BadCell]:
    for name, longest in _LENGTHS.items():
        if not values[name] and name != "numero_unique":
            yield BadCell(line, name, "", "Cette cellule est vide ; elle est attendue.")
        elif len(values[name]) > longest or not values[name].isprintable():
            yield BadCell(line, name, values[name], f"{longest} caractères imprimables au plus sont attendus.")
    status = _STATUSES.get(fold(values["statut"]))
    if status is None:
        known = ", ".join(STATUS_LABELS.values())
        yield BadCell(line, "statut", values["statut"], f"Statut inconnu. Attendu : {known}.")
    if status is Status.REFERENCED and not values["numero_unique"]:
        yield BadCell(line, "numero_unique", "", "Un logiciel référencé a un numéro unique.")
    if _day(values["date_effet"]) is None:
        yield BadCell(line, "date_effet", values["date_effet"], "Date illisible. Attendu : jj/mm/aaaa, de 2020 à 2099.")
    refusals: list[Refusal] = check_siret(normalise(values["siret"])) if values["siret"] else []
    yield from (BadCell(line, "siret", values["siret"], refusal.message) for refusal in refusals)


def _row(line: int, values: dict[str, str]) -> ListRow:
    day = _day(values["date_effet"])
    assert day is not None  # noqa: S101  (a row without a day has a fault)
    return ListRow(
        line=line,
        number=values["numero_unique"],
        software=values["logiciel"],
        version=values["version"],
        supplier=values["editeur"],
        siret=normalise(values["siret"]),
        status=_STATUSES[fold(values["statut"])],
        day=day,
    )


def _repeated(row: ListRow, rows: list[ListRow]) -> Iterator[BadCell]:
    for other in rows:
        same = (fold(row.software), fold(row.version), fold(row.supplier)) == (
            fold(other.software),
            fold(other.version),
            fold(other.supplier),
        )
        if same:
            yield BadCell(row.line, "version", row.version, f"Cette version est déjà à la ligne {other.line}.")
            return
        if row.number and row.number == other.number:
            yield BadCell(row.line, "numero_unique", row.number, f"Ce numéro est déjà à la ligne {other.line}.")
            return


def _day(text: str) -> date | None:
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
        return day if 2020 <= day.year <= 2099 else None
    return None
