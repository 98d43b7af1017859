"""``manage.py make_activity_sample FOLDER --seed N --pharmacies … --months …``: a made-up log and what it must give.

Writes ``sample.csv`` and ``expected.json`` (counts, rejects by line, counters by day, accounts by month), computed by
the reference reader, which knows nothing of the engine. Exit status 2 for wrong usage.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indicators.domain.scope import as_instants, spans_of
from indicators.kit.reference import Counts, Reference
from indicators.kit.sample import sample_lines
from orders.selectors import equipped_by
from portal.common import clock
from portal.registry.selectors import supplier_by_siret


class Command(BaseCommand):
    help = "Écrit un journal d’activité inventé et les résultats exacts attendus, pour éprouver un export."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DOSSIER", type=Path, help="où écrire sample.csv et expected.json")
        parser.add_argument("--supplier", metavar="SIRET", required=True, help="fournisseur qui équipe les pharmacies")
        parser.add_argument("--seed", type=int, default=1, help="même graine, mêmes octets")
        parser.add_argument("--pharmacies", type=int, default=3, help="nombre de pharmacies, parmi celles qu’il équipe")
        parser.add_argument("--months", type=int, default=3, help="nombre de mois, depuis janvier de l’année en cours")
        parser.add_argument("--events", type=int, default=100, help="évènements par pharmacie et mois")
        parser.add_argument("--faults", action="store_true", help="ajoute des lignes fautives")

    def handle(self, *args: Any, **options: Any) -> None:
        supplier = supplier_by_siret(options["supplier"])
        if supplier is None:
            raise CommandError(f"Aucun fournisseur n’a le SIRET {options['supplier']} : vérifiez-le.", returncode=2)
        now = clock.business_now()
        spans = spans_of(equipped_by(supplier.pk))
        places = list(spans)[: options["pharmacies"]]
        if not places or not 1 <= options["months"] <= 12:
            raise CommandError(
                "Il faut une pharmacie équipée par ce fournisseur (un bon de commande signé) et de 1 à 12 mois.",
                returncode=2,
            )
        months = [date(now.year, month, 1) for month in range(1, options["months"] + 1)]
        lines = list(
            sample_lines(
                seed=options["seed"],
                pharmacies=places,
                months=months,
                events=options["events"],
                faults=options["faults"],
            )
        )
        reference = Reference(as_instants(spans), set(spans), now)
        counts = reference.read(lines)
        folder: Path = options["folder"]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "sample.csv").write_text("".join(f"{line}\n" for line in lines))
        (folder / "expected.json").write_text(json.dumps(expected(reference, counts), indent=1, ensure_ascii=False))
        self.stdout.write(f"{counts.lines} lignes dans {folder / 'sample.csv'}")


def expected(reference: Reference, counts: Counts) -> dict[str, Any]:
    """What the file must give, in plain JSON."""
    return {
        "lines": counts.lines,
        "accepted": counts.accepted,
        "duplicates": counts.duplicates,
        "superseded": counts.superseded,
        "cancelled": counts.cancelled,
        "rejects": [{"line": line, "code": code, "column": column} for line, code, column in counts.rejects],
        "daily": [
            {"finess": finess, "day": str(day), **figures}
            for (finess, day), figures in sorted(reference.daily().items())
        ],
        "users": [
            {"finess": finess, "month": str(month), "user_ref": user, "figures": list(figures)}
            for (finess, month, user), figures in sorted(reference.users().items())
        ],
    }
