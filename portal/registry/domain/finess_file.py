"""Reading the open FINESS file: text lines in, pharmacies out, everything doubtful listed by line and column.

Pure: neither disk, database nor clock. Establishments of other categories are counted and passed over; only what
tells a damaged file is looked at on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from portal.common.identifiers import FINESS_FORM, normalise
from portal.registry.domain.finess_damage import Damage
from portal.registry.domain.finess_layout import (
    ESTABLISHMENT,
    GEOLOCATION,
    NAMED,
    OFFICIAL,
    Layout,
    parse_date,
    recognise,
)
from portal.registry.domain.finess_pharmacy import (
    DATE_COLUMNS,
    PHARMACY_CATEGORIES,
    Cells,
    PharmacyRow,
    RowRejected,
    read_pharmacy,
)
from portal.registry.domain.finess_records import Record, records
from portal.registry.domain.finess_remarks import WHOLE_FILE, WHOLE_LINE, FileRefused, Remark, remark

LOST_ACCENT = "\ufffd"
_MOST_LOST_ACCENTS = 1000
_GEOLOCATION_CELLS = 6


@dataclass
class Reading:
    """What one reading of a file found; complete once its pharmacies have been gone through.

    ``rows``: establishments of every category, good or bad; ``pharmacies``: those read well; ``geolocated``:
    ``geolocalisation`` lines, not imported; ``file_date``: of line 1, or the latest update of a named-columns file.
    What the closing rule needs: ``categories`` of the pharmacies read; ``withheld``: FINESS numbers of rejected rows;
    ``unreadable``: departments holding a row whose FINESS is unreadable (empty text: department unreadable too);
    ``cut``: the last line has too few cells, as when a download breaks off.
    """

    layout: Layout
    file_date: date | None = None
    rows: int = 0
    pharmacies: int = 0
    geolocated: int = 0
    rejected: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    categories: set[str] = field(default_factory=set)
    withheld: set[str] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)
    cut: bool = False

    @property
    def day(self) -> date:
        """The file's date; a file that nothing dates was refused. Raises ``ValueError`` before the end is reached."""
        if self.file_date is None:
            raise ValueError("the file is not read to its end")
        return self.file_date


class FinessFile:
    """One file being read. ``reading`` fills while ``pharmacies()`` is gone through, once.

    ``lines``: decoded text lines; ``named_date``: the day in the file's name, which dates a named-columns file;
    ``today``: no update later than it dates a file. Raises ``FileRefused`` at once for an empty or unknown file.
    """

    def __init__(self, lines: Iterable[str], *, today: date, named_date: date | None = None) -> None:
        self._records = records(lines)
        first = next(self._records, None)
        if first is None:
            raise FileRefused("empty_file", "Fichier refusé : il est vide. Téléchargez-le de nouveau.")
        first.raw = first.raw.removeprefix("\ufeff")
        first.cells[0] = first.cells[0].removeprefix("\ufeff")
        self.layout = recognise(first)
        self.reading = Reading(self.layout, self.layout.file_date)
        self._today, self._named_date = today, named_date
        self._damage = Damage()
        self._seen: dict[str, int] = {}
        self._lost_accents = 0
        self._positions = tuple(
            self.layout.positions[name] for name in ("nofinesset", "departement", "siret", "categetab", *DATE_COLUMNS)
        )
        self._date_columns = tuple(self.layout.columns[position] for position in self._positions[4:])
        self._update_column = self.layout.positions["datemaj"]
        if self.layout.code == OFFICIAL:
            self._check_line_one(first)

    def pharmacies(self) -> Iterator[PharmacyRow]:
        """The good pharmacies, in the order of the file. Raises ``FileRefused`` as soon as the file is condemned."""
        for record in self._records:
            self.reading.cut = False
            if self.layout.code == NAMED or record.cells[0] == ESTABLISHMENT:
                row = self._establishment(record)
                if row is not None:
                    yield row
            elif record.cells[0] == GEOLOCATION:
                self._geolocation(record)
            else:
                self._other_section(record)
        self._finish()

    def _check_line_one(self, first: Record) -> None:
        self._damage.look_at_line_one(first.line, self.layout.date_text)
        if self.layout.file_date is None and self._damage.verdict(final=True) is None:
            raise FileRefused(
                "bad_file_date",
                f"Fichier refusé : la date de la ligne {first.line} est illisible (« {self.layout.date_text[:20]} » ; "
                "aaaa-mm-jj est attendu) : on ne saurait pas quand les pharmacies étaient ouvertes. "
                "Téléchargez de nouveau le fichier.",
                [remark(first.line, "date", self.layout.date_text, "date illisible")],
            )

    def _establishment(self, record: Record) -> PharmacyRow | None:
        reading, cells = self.reading, record.cells
        reading.rows += 1
        if len(cells) != len(self.layout.columns):
            self._wrong_width(record)
            return None
        finess, department, siret, category, *dates = (cells[position].strip() for position in self._positions)
        self._damage.look(record.line, finess, department, siret, dates, self._date_columns)
        refusal = self._damage.verdict(final=False)
        if refusal is not None:
            raise refusal
        if self.layout.code == NAMED:
            self._date_by(dates[-1])
        if LOST_ACCENT in record.raw:
            self._warn_lost_accent(record)
        if category in PHARMACY_CATEGORIES:
            return self._pharmacy(Cells(self.layout, record.line, cells))
        if not (len(category) == 3 and category.isdigit()):
            self._reject(
                Cells(self.layout, record.line, cells).remark("categetab", "catégorie illisible : 3 chiffres attendus"),
                finess,
                department,
            )
        return None

    def _pharmacy(self, cells: Cells) -> PharmacyRow | None:
        finess = cells.number("nofinesset")
        try:
            if finess in self._seen:
                raise cells.reject("nofinesset", f"ce numéro FINESS est déjà à la ligne {self._seen[finess]}")
            row = read_pharmacy(cells, self.reading.warnings.append)
        except RowRejected as rejection:
            self._reject(rejection.why, finess, cells.number("departement"))
            return None
        self._seen[finess] = cells.line
        self.reading.pharmacies += 1
        self.reading.categories.add(row.category)
        return row

    def _wrong_width(self, record: Record) -> None:
        found, wanted = len(record.cells), len(self.layout.columns)
        self.reading.cut = found < wanted
        reason = f"{found} cellules au lieu de {wanted}"
        if record.raw.count('"') % 2:
            reason += " : un guillemet n’est pas refermé"
        position = self.layout.positions["nofinesset"]
        finess = record.cells[position] if found > position else ""
        self._reject(remark(record.line, WHOLE_LINE, record.raw, reason), finess, "")

    def _other_section(self, record: Record) -> None:
        if not self.reading.rows and not self.reading.geolocated:
            raise FileRefused(
                "unknown_layout",
                f"Fichier refusé : ligne {record.line}, « {ESTABLISHMENT} » est attendu et « {record.cells[0][:30]} » "
                "est lu : ce n’est pas le fichier des établissements (etalab-cs1100502 ou etalab-cs1100507).",
                [remark(record.line, "section", record.raw, "section inconnue")],
            )
        self.reading.rows += 1
        self.reading.cut = True
        self._reject(remark(record.line, "section", record.cells[0], "section inconnue"), "", "")

    def _geolocation(self, record: Record) -> None:
        self.reading.geolocated += 1
        cells = record.cells
        if len(cells) < _GEOLOCATION_CELLS:
            reason = f"{len(cells)} cellules au lieu de {_GEOLOCATION_CELLS} : géolocalisation non lue"
            self.reading.warnings.append(remark(record.line, WHOLE_LINE, record.raw, reason))
        elif not FINESS_FORM.fullmatch(normalise(cells[1])):
            reason = "numéro FINESS mal formé : géolocalisation non lue"
            self.reading.warnings.append(remark(record.line, "nofinesset", cells[1], reason))

    def _reject(self, why: Remark, finess: str, department: str) -> None:
        """List a bad row, and keep its pharmacy from being taken for a closed one."""
        self.reading.rejected.append(why)
        number = normalise(finess)
        if FINESS_FORM.fullmatch(number):
            self.reading.withheld.add(number)
        else:
            self.reading.unreadable.add(normalise(department))

    def _warn_lost_accent(self, record: Record) -> None:
        self._lost_accents += 1
        if self._lost_accents <= _MOST_LOST_ACCENTS:
            position = next(i for i, cell in enumerate(record.cells) if LOST_ACCENT in cell)
            reason = "un accent a été perdu avant l’envoi du fichier (ligne lue telle quelle)"
            column = self.layout.columns[position]
            self.reading.warnings.append(remark(record.line, column, record.cells[position], reason))

    def _date_by(self, text: str) -> None:
        updated = parse_date(text)
        if updated is not None and updated <= self._today:
            self.reading.file_date = max(updated, self.reading.file_date or updated)

    def _finish(self) -> None:
        refusal = self._damage.verdict(final=True)
        if refusal is not None:
            raise refusal
        reading = self.reading
        if not reading.rows:
            raise FileRefused(
                "empty_file", "Fichier refusé : il ne porte aucun établissement. Téléchargez-le de nouveau."
            )
        if self.layout.code == NAMED:
            self._finish_named()
        else:
            self._finish_official()
        if self._lost_accents > _MOST_LOST_ACCENTS:
            more = self._lost_accents - _MOST_LOST_ACCENTS
            reading.warnings.append(remark(WHOLE_FILE, WHOLE_LINE, "", f"accents perdus sur {more} autres lignes"))

    def _finish_named(self) -> None:
        reading = self.reading
        if self._named_date is not None:
            reading.file_date = max(self._named_date, reading.file_date or self._named_date)
        if reading.file_date is None:
            raise FileRefused(
                "bad_file_date",
                "Fichier refusé : ni son nom ni la colonne « datemaj » ne le datent. Gardez le nom d’origine du "
                "fichier, par exemple etalab_stock_et_20201231.csv.",
            )

    def _finish_official(self) -> None:
        reading, announced = self.reading, self.layout.announced
        if announced != str(reading.rows):
            reading.warnings.insert(
                0,
                remark(
                    1,
                    "nombre",
                    announced,
                    f"la ligne 1 annonce « {announced[:20]} » et le fichier porte {reading.rows} établissements : "
                    "vérifiez que le téléchargement est complet (dans les fichiers publiés, ce nombre est souvent un "
                    "numéro de publication)",
                ),
            )
        if reading.file_date is not None and reading.file_date > self._today:
            reading.warnings.insert(0, remark(1, "date", self.layout.date_text, "le fichier est daté dans l’avenir"))
