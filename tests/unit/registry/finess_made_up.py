"""Made-up FINESS lines in the official layouts, for the tests of the reader and of the import."""

from __future__ import annotations

from portal.registry.domain.finess_layout import STRUCTUREET

NAMED_COLUMNS = (
    "nofinesset;nofinessej;rs;rslongue;complrs;compldistrib;numvoie;typvoie;voie;compvoie;lieuditbp;region;libregion;"
    "departement;libdepartement;cog;codepostal;libelle_routage;ligneacheminement;telephone;telecopie;categetab;"
    "libcategetab;liblongcategetab;categretab;libcategretab;siret;codeape;libcodeape;mft;libmft;liblongmft;sph;libsph;"
    "numen;coordx;coordy;sourcegeocod;dategeocod;dateautor;dateouvert;datemaj"
)
_PHARMACY = {
    "section": "structureet",
    "nofinesset": "010000008",
    "nofinessej": "010000107",
    "rs": "PHARMACIE DU MOULIN",
    "rslongue": "PHARMACIE DU GRAND MOULIN",
    "numvoie": "12",
    "typvoie": "R",
    "voie": "DES ÉCOLES",
    "commune": "004",
    "departement": "01",
    "libdepartement": "AIN",
    "ligneacheminement": "01500 VAUX EN PLAINE",
    "telephone": "0400000001",
    "categetab": "620",
    "libcategetab": "Pharmacie d'Officine",
    "siret": "73282932000074",
    "dateouv": "2013-10-01",
    "dateautor": "1990-02-03",
    "datemaj": "2022-10-11",
}


def finess(serial: int, prefix: str = "01") -> str:
    """A FINESS number with its right check digit."""
    digits = {"2A": "21", "2B": "22"}.get(prefix, prefix) + f"{serial:06d}"
    doubled = [int(d) * (2 if rank % 2 == 0 else 1) for rank, d in enumerate(reversed(digits))]
    return f"{prefix}{serial:06d}{-sum(v - 9 if v > 9 else v for v in doubled) % 10}"


def row(**cells: str) -> str:
    """One ``structureet`` line, an ordinary pharmacy but for the cells given by official name."""
    assert set(cells) <= set(STRUCTUREET), cells
    values = {**_PHARMACY, **cells}
    return ";".join(_quoted(values.get(name, "")) for name in STRUCTUREET)


def named_row(**cells: str) -> str:
    """The same establishment in the layout with named columns."""
    values = {**_PHARMACY, **cells}
    values["dateouvert"] = values.pop("dateouv")
    return ";".join(_quoted(values.get(name, "")) for name in NAMED_COLUMNS.split(";"))


def pharmacies(count: int, prefix: str = "01", start: int = 1, **cells: str) -> list[str]:
    """``count`` pharmacies of one department, with following numbers."""
    department = cells.pop("departement", prefix)
    return [
        row(nofinesset=finess(serial, prefix), departement=department, rslongue=f"PHARMACIE {serial}", **cells)
        for serial in range(start, start + count)
    ]


def official(*rows: str, day: str = "2022-11-01", count: int | None = None) -> str:
    """A whole file of the official layout; line 1 tells the right count unless another is given."""
    announced = sum(line.startswith("structureet") for line in rows) if count is None else count
    return "\n".join([f"finess;etalab;{announced};{day}", *rows]) + "\n"


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if any(c in value for c in ';"\n') else value
