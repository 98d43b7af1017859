"""What a spreadsheet does to a FINESS file: zeros lost, SIRET in scientific notation, dates turned round.

A damaged file is refused whole, never repaired: « 2,601E+13 » cannot be read back. One mistyped cell in a sound file
is no damage, hence the two degrees: a *proof* (scientific notation, line 1 with a French date, two signs on one row)
condemns at once; a *sign* alone (one kind) condemns when it is the rule and not the exception in the file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from portal.registry.domain.finess_remarks import FileRefused, Remark, remark

ROWS_LOOKED_AT = 50
_SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)
_FRENCH_DATE = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}")
_SHORT_FINESS = re.compile(r"[1-9][0-9]{7}")
_PROOFS = {
    "header_date": "date de fichier écrite jj/mm/aaaa",
    "scientific": "nombre en notation scientifique",
}
_SIGNS = {
    "zero": "zéro de tête perdu",
    "department": "zéro de tête perdu",
    "date": "date écrite jj/mm/aaaa",
}


class Damage:
    """Gathers the signs row by row; ``verdict`` says whether they condemn the file."""

    def __init__(self) -> None:
        self._rows = 0
        self._proved = False
        self._damaged: Counter[str] = Counter()
        self._sound: Counter[str] = Counter()
        self._places: dict[str, Remark] = {}

    def look_at_line_one(self, line: int, date_text: str) -> None:
        """Look at the date of ``finess;etalab;<number>;<date>``."""
        if _FRENCH_DATE.fullmatch(date_text):
            self._prove("header_date", line, "date", date_text)

    def look(
        self, line: int, finess: str, department: str, siret: str, dates: Sequence[str], columns: Sequence[str]
    ) -> None:
        """Look at one establishment of any category; ``columns`` are the names of the dates."""
        self._rows += 1
        if _SCIENTIFIC.fullmatch(siret):
            self._prove("scientific", line, "siret", siret)
        if _SCIENTIFIC.fullmatch(finess):
            self._prove("scientific", line, "nofinesset", finess)
        signs = 0
        if finess[:1] == "0" and len(finess) == 9:
            self._sound["zero"] += 1
        elif len(finess) == 8 and _SHORT_FINESS.fullmatch(finess) and department.zfill(2) == f"0{finess[0]}":
            signs += self._sign("zero", line, "nofinesset", finess)
        if department[:1] == "0":
            self._sound["department"] += 1
        elif len(department) == 1 and department.isdigit():
            signs += self._sign("department", line, "departement", department)
        signs += self._look_at_dates(line, dates, columns)
        if signs >= 2:
            self._proved = True

    def verdict(self, *, final: bool) -> FileRefused | None:
        """The refusal, if the signs suffice. A proof waits for fifty rows so that the message can say all it saw."""
        if self._proved and (final or self._rows >= ROWS_LOOKED_AT):
            return self._refusal()
        if final and any(self._is_the_rule(kind) for kind in _SIGNS):
            return self._refusal()
        return None

    def _look_at_dates(self, line: int, dates: Sequence[str], columns: Sequence[str]) -> int:
        sound = False
        for text, column in zip(dates, columns, strict=True):
            if _FRENCH_DATE.fullmatch(text):
                return self._sign("date", line, column, text)
            sound = sound or bool(text)
        self._sound["date"] += sound
        return 0

    def _is_the_rule(self, kind: str) -> bool:
        damaged, sound = self._damaged[kind], self._sound[kind]
        return damaged > 0 and (sound == 0 or (damaged > 1 and damaged * 10 > sound))

    def _prove(self, kind: str, line: int, column: str, value: str) -> None:
        self._proved = True
        self._places.setdefault(kind, remark(line, column, value, _PROOFS[kind]))

    def _sign(self, kind: str, line: int, column: str, value: str) -> int:
        self._damaged[kind] += 1
        self._places.setdefault(kind, remark(line, column, value, _SIGNS[kind]))
        return 1

    def _refusal(self) -> FileRefused:
        places = sorted(self._places.values(), key=lambda place: place.line)
        seen = " ; ".join(f"ligne {p.line}, {p.column} « {p.value} » ({p.reason})" for p in places)
        return FileRefused(
            "damaged_by_spreadsheet",
            "Fichier refusé : il a été ouvert puis enregistré dans un tableur (Excel, LibreOffice…), qui a abîmé les "
            f"données. Vu : {seen}. Rien n’a été importé. Téléchargez de nouveau le fichier officiel sur data.gouv.fr "
            "et importez-le tel quel, sans l’ouvrir dans un tableur.",
            places,
        )
