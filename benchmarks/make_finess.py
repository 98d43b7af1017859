"""Make up a national FINESS file, always the same for one seed: ``python benchmarks/make_finess.py OUT.csv``.

Nothing in it is real: numbers, names and addresses are drawn, with right check digits. The shape is that of the
published file: 103,000 lines of which 21,000 pharmacies, 106 departments, 32 cells, ~350 bytes a line, some quotes.
``--geolocated`` adds the ``geolocalisation`` lines of etalab-cs1100507.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

METROPOLITAN = [f"{n:02d}" for n in range(1, 96) if n != 20] + ["2A", "2B"]
OVERSEAS = {"9A": "97", "9B": "97", "9C": "97", "9D": "97", "9E": "97", "9F": "98", "9J": "98"}
DEPARTMENTS = METROPOLITAN + list(OVERSEAS)
PHARMACY_KINDS = [("620", "Pharmacie d'Officine")] * 97 + [
    ("628", "Pharmacie Minière"),
    ("629", "Pharmacie Mutualiste"),
    ("627", "Propharmacie"),
]
OTHER_KINDS = [
    ("500", "Etablissement d'hébergement pour personnes âgées dépendantes", "4401"),
    ("611", "Laboratoire de Biologie Médicale", "3101"),
    ("124", "Centre de Santé", "2205"),
    ("354", "Service de Soins Infirmiers A Domicile (S.S.I.A.D)", "4605"),
    ("460", "Service Prestataire d'Aide à Domicile (S.A.D)", "4605"),
    ("355", "Centre Hospitalier (C.H.)", "1102"),
]
WAYS = ["R", "AV", "BD", "PL", "RTE", "CHE", "ALL", ""]
WAY_NAMES = ["DE LA FONTAINE", "DES TILLEULS", "DU MOULIN NEUF", "DE L'ÉGLISE", "JEAN D'ORMEL", "DES TROIS PONTS"]
TOWN_HEADS = ["SAINT-AUBE", "VAUX", "MONTREL", "LA ROCHE", "VILLENEUVE", "BEAUSÉJOUR", "CHAMPLIEU", "PONTVERT"]
TOWN_TAILS = ["SUR ORVE", "LES BOIS", "EN PLAINE", "LE HAUT", "DES VIGNES", "CEDEX", ""]
PHARMACY_NAMES = ["DU MARCHÉ", "DE LA GARE", "DES HALLES", "CENTRALE", "DU PONT", "DES ÉCOLES", "DU SOLEIL", "MODERNE"]
SURNAMES = ["ABRIEL", "BORNOT", "CASTREL", "DELORVE", "ESCAVY", "FOURNEL", "GARDIEZ", "HUMERT", "JOLIVAUX", "KERMEL"]
LAMBERT = "1,ATLASANTE,96,BAN,EPSG:2154 RGF93 / Lambert-93 (Métropole)"


@dataclass(frozen=True)
class Plan:
    """How large the file is: ``lines`` with line 1, without ``geolocalisation`` lines."""

    lines: int = 103_000
    pharmacies: int = 21_000
    seed: int = 1
    date: str = "2026-03-11"
    geolocated: bool = False


def luhn_digit(digits: str) -> str:
    """The digit that makes ``digits`` followed by it pass Luhn's check."""
    total = 0
    for rank, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if rank % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def finess(department: str, serial: int) -> str:
    """A FINESS number of that department with its check digit (2A counts as 21, 2B as 22)."""
    prefix = OVERSEAS.get(department, department)
    body = f"{serial:06d}"
    digits = {"2A": "21", "2B": "22"}.get(prefix, prefix) + body
    return prefix + body + luhn_digit(digits)


def siret(random_: random.Random) -> str:
    """A SIRET whose SIREN and whole both pass Luhn's check."""
    siren = f"{random_.randrange(10_000_000, 100_000_000)}"
    siren += luhn_digit(siren)
    establishment = siren + f"{random_.randrange(1, 90):04d}"
    return establishment + luhn_digit(establishment)


def rows(plan: Plan) -> Iterator[list[str]]:
    """The ``structureet`` rows, departments in order, pharmacies spread evenly among the others."""
    random_ = random.Random(plan.seed)
    total = plan.lines - 1
    for index in range(total):
        department = DEPARTMENTS[index * len(DEPARTMENTS) // total]
        is_pharmacy = (index + 1) * plan.pharmacies // total > index * plan.pharmacies // total
        yield _row(random_, department, index, is_pharmacy=is_pharmacy)


def _row(random_: random.Random, department: str, index: int, *, is_pharmacy: bool) -> list[str]:
    if is_pharmacy:
        (kind, kind_label), group = random_.choice(PHARMACY_KINDS), "3201"
        name = f"PHARMACIE {random_.choice(PHARMACY_NAMES)} {random_.choice(SURNAMES)}"
    else:
        kind, kind_label, group = random_.choice(OTHER_KINDS)
        name = f"{kind_label.split('(')[0].strip().upper()[:24]} {random_.choice(SURNAMES)}"
    quoted = f'{name} "{random_.choice(TOWN_HEADS)}"' if index % 97 == 0 else name
    postal = f"{OVERSEAS.get(department, department).replace('A', '0').replace('B', '0')}{random_.randrange(1000):03d}"
    town = f"{random_.choice(TOWN_HEADS)} {random_.choice(TOWN_TAILS)}".strip()
    year = random_.randrange(1950, 2026)
    return [
        "structureet",
        finess(department, index),
        finess(department, 900_000 - index),
        name[:38],
        quoted,
        "",
        "",
        str(random_.randrange(1, 300)) if random_.random() < 0.85 else "",
        random_.choice(WAYS),
        random_.choice(WAY_NAMES),
        "B" if random_.random() < 0.02 else "",
        f"BP {random_.randrange(1, 900)}" if random_.random() < 0.2 else "",
        f"{random_.randrange(1, 900):03d}",
        department,
        f"DEPARTEMENT {department}",
        f"{postal} {town}",
        f"0{random_.randrange(100_000_000, 600_000_000)}" if random_.random() < 0.8 else "",
        "",
        kind,
        kind_label,
        group,
        "Commerce de Biens à Usage Médicaux" if is_pharmacy else "Autres Etablissements",
        siret(random_) if random_.random() < 0.9 else "",
        "4773Z" if is_pharmacy else "8610Z",
        *("01", "Etablissement Tarif Libre", "", ""),
        *(_day(random_, of) for of in (year, year - 1, 2025)),
        "",
    ]


def _day(random_: random.Random, year: int) -> str:
    return f"{year}-{random_.randrange(1, 13):02d}-{random_.randrange(1, 29):02d}"


def write(path: Path, plan: Plan) -> None:
    """Write the whole file, UTF-8, as the published one is."""
    numbers = []
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\n")
        writer.writerow(["finess", "etalab", plan.lines - 1, plan.date])
        for row in rows(plan):
            writer.writerow(row)
            numbers.append(row[1])
        if plan.geolocated:
            random_ = random.Random(plan.seed + 1)
            for number in numbers:
                x, y = random_.randrange(100_000, 1_200_000), random_.randrange(6_000_000, 7_100_000)
                writer.writerow(["geolocalisation", number, f"{x}.5", f"{y}.5", LAMBERT, plan.date])


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Fabrique un fichier FINESS national inventé.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--lines", type=int, default=Plan.lines, help="lignes, la première comprise")
    parser.add_argument("--pharmacies", type=int, default=Plan.pharmacies)
    parser.add_argument("--seed", type=int, default=Plan.seed)
    parser.add_argument("--date", default=Plan.date, help="date de la ligne 1, aaaa-mm-jj")
    parser.add_argument("--geolocated", action="store_true", help="ajoute les lignes geolocalisation (cs1100507)")
    options = parser.parse_args(arguments)
    write(options.out, Plan(options.lines, options.pharmacies, options.seed, options.date, options.geolocated))


if __name__ == "__main__":
    main()
