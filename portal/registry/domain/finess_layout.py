"""The layouts of the open FINESS file, recognised by its first line.

Sources: DREES, « FINESS, extraction du fichier des établissements » (etalab-cs1100502 and -cs1100507: a first line
``finess;etalab;<number>;<date>``, then ``structureet;`` and 31 cells, no header); the older layout has named columns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from portal.registry.domain.finess_records import Record
from portal.registry.domain.finess_remarks import FileRefused, remark

ESTABLISHMENT = "structureet"
GEOLOCATION = "geolocalisation"
OFFICIAL, NAMED = "structureet", "named_columns"
STRUCTUREET = (
    "section",
    "nofinesset",
    "nofinessej",
    "rs",
    "rslongue",
    "complrs",
    "compldistrib",
    "numvoie",
    "typvoie",
    "voie",
    "compvoie",
    "lieuditbp",
    "commune",
    "departement",
    "libdepartement",
    "ligneacheminement",
    "telephone",
    "telecopie",
    "categetab",
    "libcategetab",
    "categagretab",
    "libcategagretab",
    "siret",
    "codeape",
    "codemft",
    "libmft",
    "codesph",
    "libsph",
    "dateouv",
    "dateautor",
    "datemaj",
    "numuai",
)
_USED = (
    "nofinesset",
    "nofinessej",
    "rs",
    "rslongue",
    "numvoie",
    "typvoie",
    "voie",
    "compvoie",
    "lieuditbp",
    "departement",
    "ligneacheminement",
    "telephone",
    "categetab",
    "siret",
    "dateouv",
    "dateautor",
    "datemaj",
)
_ALIASES = {"dateouv": "dateouvert"}
_EARLIEST = date(1800, 1, 1)
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHERE = "Téléchargez le fichier des établissements FINESS sur data.gouv.fr (etalab-cs1100502 ou etalab-cs1100507)"
_OTHER_SEPARATORS = {",": "la virgule", "\t": "la tabulation", "|": "la barre verticale"}


@dataclass(frozen=True)
class Layout:
    """Where each cell lies.

    ``columns``: the names in the order of the file; ``positions``: name of ``STRUCTUREET`` → index of its cell;
    ``file_date`` and ``announced``: what line 1 says, when it says it; ``date_text``: its date as written.
    """

    code: str
    columns: Sequence[str]
    positions: Mapping[str, int] = field(repr=False)
    file_date: date | None = None
    announced: str = ""
    date_text: str = ""


def recognise(first: Record) -> Layout:
    """The layout that the first record opens. Raises ``FileRefused`` for any other file."""
    names = [cell.strip().lower() for cell in first.cells]
    if names[:2] == ["finess", "etalab"] and len(names) >= 4:
        return Layout(
            code=OFFICIAL,
            columns=STRUCTUREET,
            positions={name: STRUCTUREET.index(name) for name in _USED},
            file_date=parse_date(names[3]),
            announced=names[2],
            date_text=names[3],
        )
    if "nofinesset" in names:
        return _named(first, names)
    raise _unknown(first)


def parse_date(text: str) -> date | None:
    """The day of ``aaaa-mm-jj``, or None when it is written otherwise or does not exist (before 1800 included)."""
    if not _ISO_DATE.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day >= _EARLIEST else None


def _named(first: Record, names: list[str]) -> Layout:
    positions = {}
    for wanted in _USED:
        name = _ALIASES.get(wanted, wanted)
        if names.count(name) != 1:
            problem = "est absente" if name not in names else "est écrite deux fois"
            raise FileRefused(
                "unknown_layout",
                f"Fichier refusé : la ligne {first.line} nomme des colonnes, mais la colonne « {name} » {problem}. "
                f"{_WHERE} et importez-le tel quel.",
                [remark(first.line, name, first.raw, f"colonne {problem}")],
            )
        positions[wanted] = names.index(name)
    return Layout(code=NAMED, columns=names, positions=positions)


def _unknown(first: Record) -> FileRefused:
    lowered = first.raw.lower()
    place = remark(first.line, "(ligne)", first.raw, "première ligne inconnue")
    for separator, called in _OTHER_SEPARATORS.items():
        if f"finess{separator}etalab" in lowered or (
            f"nofinesset{separator}" in lowered or f"{separator}nofinesset" in lowered
        ):
            return FileRefused(
                "wrong_separator",
                f"Fichier refusé : ligne {first.line}, les cellules sont séparées par {called} au lieu du "
                f"point-virgule : le fichier a été transformé. {_WHERE} et importez-le tel quel.",
                [place],
            )
    seen = first.raw[:60]
    if first.cells[0].strip().lower() == ESTABLISHMENT:
        what = "la ligne 1 « finess;etalab;…;date », qui date le fichier, manque"
    else:
        what = f"ce n’est pas le fichier des établissements FINESS (ligne {first.line} : « {seen} »)"
    return FileRefused("unknown_layout", f"Fichier refusé : {what}. {_WHERE} et importez-le tel quel.", [place])
