"""One establishment of category 620, 627, 628 or 629, from its cells to a pharmacy.

Sources: FINESS categories in the PHAR→FINESS specification v1.5 (08/10/2025); columns in ``finess_layout``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from portal.common.identifiers import FINESS_FORM, check_siret, normalise, warn_finess
from portal.common.text import fold, squeeze
from portal.registry.domain.finess_layout import Layout, parse_date
from portal.registry.domain.finess_remarks import Remark, remark

PHARMACY_CATEGORIES = frozenset({"620", "627", "628", "629"})
DATE_COLUMNS = ("dateouv", "dateautor", "datemaj")
_DEPARTMENT = re.compile(r"[0-9][0-9A-Z]{1,2}")
_ROUTING = re.compile(r"([0-9]{5})\s+(\S.*)")
_PHONE = re.compile(r"\+?[0-9]{1,19}")
_LONGEST_TEXT, _LONGEST_CITY, _LONGEST_KEY = 200, 80, 320
_BAD_DATE = "date impossible : aaaa-mm-jj est attendu, par exemple 2020-12-31"


@dataclass(frozen=True, slots=True)
class PharmacyRow:
    """A pharmacy as the national file has it; an unknown text is empty. ``line``: where it was read."""

    line: int
    finess: str
    legal_finess: str
    siret: str
    name: str
    address: str
    postal_code: str
    city: str
    department: str
    category: str
    phone: str
    opened_on: date | None
    search_key: str
    sort_key: str


class RowRejected(Exception):
    """The row cannot go in; holds the remark that says why."""

    def __init__(self, why: Remark) -> None:
        super().__init__(why.reason)
        self.why = why


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one row, by official name, blanks trimmed and runs of blanks made one."""

    layout: Layout
    line: int
    cells: list[str]

    def text(self, name: str) -> str:
        """The cell as text."""
        return " ".join(self.cells[self.layout.positions[name]].split())

    def number(self, name: str) -> str:
        """The cell as an identifier: no blanks, upper case."""
        return normalise(self.cells[self.layout.positions[name]])

    def remark(self, name: str, reason: str) -> Remark:
        """A remark on the cell, under the name that the file's own layout gives to its column."""
        position = self.layout.positions[name]
        return remark(self.line, self.layout.columns[position], self.cells[position], reason)

    def reject(self, name: str, reason: str) -> RowRejected:
        """The rejection of the row because of this cell."""
        return RowRejected(self.remark(name, reason))


def read_pharmacy(cells: Cells, warn: Callable[[Remark], None]) -> PharmacyRow:
    """The pharmacy of one row; doubts go to ``warn``. Raises ``RowRejected`` at the first cell that forbids it."""
    finess = _finess(cells)
    name = cells.text("rslongue") or cells.text("rs")
    if not name:
        raise cells.reject("rs", "la raison sociale manque")
    _check_length(cells, "rslongue" if cells.text("rslongue") else "rs", name, _LONGEST_TEXT)
    department = cells.number("departement")
    if not _DEPARTMENT.fullmatch(department):
        raise cells.reject("departement", "code de département inconnu : 01, 2A, 75 ou 9A sont attendus")
    address = _address(cells)
    _check_length(cells, "voie", address, _LONGEST_TEXT)
    opened_on, _, _ = (_date(cells, column) for column in DATE_COLUMNS)
    doubts: list[Remark] = []
    postal_code, city = _routing(cells, doubts)
    row = PharmacyRow(
        line=cells.line,
        finess=finess,
        legal_finess=_legal_finess(cells, doubts),
        siret=_siret(cells, doubts),
        name=name,
        address=address,
        postal_code=postal_code,
        city=city,
        department=department,
        category=cells.text("categetab"),
        phone=_phone(cells, doubts),
        opened_on=opened_on,
        search_key=fold(f"{name} {city} {postal_code} {finess}")[:_LONGEST_KEY],
        sort_key=fold(name)[:_LONGEST_TEXT],
    )
    if warn_finess(finess):
        doubts.append(cells.remark("nofinesset", "la clé du numéro FINESS ne tombe pas juste (ligne importée)"))
    for doubt in doubts:
        warn(doubt)
    return row


def _finess(cells: Cells) -> str:
    finess = cells.number("nofinesset")
    if not FINESS_FORM.fullmatch(finess):
        raise cells.reject("nofinesset", "numéro FINESS mal formé : 9 caractères sont attendus, par exemple 010002301")
    return finess


def _check_length(cells: Cells, name: str, text: str, longest: int) -> None:
    if len(text) > longest:
        raise cells.reject(name, f"texte trop long : {len(text)} caractères, {longest} au plus")


def _date(cells: Cells, name: str) -> date | None:
    text = cells.text(name)
    if not text:
        return None
    day = parse_date(text)
    if day is None:
        raise cells.reject(name, _BAD_DATE)
    return day


def _address(cells: Cells) -> str:
    """Number, its complement (B, T…), kind of way and way; then the locality or post box, after a comma."""
    street = " ".join(filter(None, (cells.text(name) for name in ("numvoie", "compvoie", "typvoie", "voie"))))
    return ", ".join(filter(None, (street, cells.text("lieuditbp"))))


def _routing(cells: Cells, doubts: list[Remark]) -> tuple[str, str]:
    text = cells.text("ligneacheminement")
    found = _ROUTING.fullmatch(text)
    postal_code, city = found.groups() if found else ("", text)
    if not found:
        doubts.append(
            cells.remark("ligneacheminement", "code postal et ville attendus, par exemple « 01500 AMBERIEU EN BUGEY »")
        )
    _check_length(cells, "ligneacheminement", city, _LONGEST_CITY)
    return postal_code, city


def _legal_finess(cells: Cells, doubts: list[Remark]) -> str:
    number = cells.number("nofinessej")
    if number and not FINESS_FORM.fullmatch(number):
        doubts.append(cells.remark("nofinessej", "numéro FINESS juridique mal formé : laissé vide"))
        return ""
    return number


def _siret(cells: Cells, doubts: list[Remark]) -> str:
    siret = cells.number("siret")
    if siret and check_siret(siret):
        doubts.append(cells.remark("siret", "SIRET erroné (14 chiffres et leur clé sont attendus) : laissé vide"))
        return ""
    return siret


def _phone(cells: Cells, doubts: list[Remark]) -> str:
    phone = squeeze(cells.text("telephone")).replace(".", "")
    if phone and not _PHONE.fullmatch(phone):
        doubts.append(cells.remark("telephone", "numéro de téléphone illisible : laissé vide"))
        return ""
    return phone
