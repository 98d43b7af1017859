"""``manage.py make_activity_sample FOLDER --seed N --pharmacies … --months …``: a made-up log and what it must give.

Writes ``sample.csv`` and ``expected.json`` (counts, rejects by line, counters by day, accounts by month, results by
year), computed by the reference reader, which knows nothing of the engine, and by the measures. Exit status 2 for wrong
usage.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indicators.catalogue import measures_in, open_programme
from indicators.domain.scope import as_instants, spans_of
from indicators.domain.tally import next_month
from indicators.kit.expected import Place, Rules, expected, results
from indicators.kit.reference import Reference
from indicators.kit.sample import sample_lines
from indicators.selectors import ready_on
from indicators.services.frozen import neutralised_codes
from orders.selectors import equipped_by
from portal.common import clock
from portal.common.clock import paris_date
from portal.registry.selectors import pharmacies_by_finess, supplier_by_siret


class Command(BaseCommand):
    help = "Écrit un journal d’activité inventé et les résultats exacts attendus, pour éprouver un export."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DOSSIER", type=Path, help="où écrire sample.csv et expected.json")
        parser.add_argument("--supplier", metavar="SIRET", required=True, help="fournisseur qui équipe les pharmacies")
        parser.add_argument("--seed", type=int, default=1, help="même graine, mêmes octets")
        parser.add_argument("--pharmacies", type=int, default=3, help="nombre de pharmacies, parmi celles qu’il équipe")
        parser.add_argument("--months", type=int, default=3, help="nombre de mois, les derniers terminés")
        parser.add_argument("--events", type=int, default=100, help="évènements par pharmacie et mois")
        parser.add_argument(
            "--faults", action="store_true", help="ajoute des lignes fautives, chacune avec son code attendu"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        supplier = supplier_by_siret(options["supplier"])
        if supplier is None:
            raise CommandError(f"Aucun fournisseur n’a le SIRET {options['supplier']} : vérifiez-le.", returncode=2)
        now = clock.business_now()
        spans = spans_of(equipped_by(supplier.pk))
        open_since = {finess: held[-1][0] for finess, held in as_instants(spans).items() if held[-1][1] is None}
        chosen = list(open_since)[: max(options["pharmacies"], 0)]
        if not chosen:
            raise CommandError(
                "Il faut au moins une pharmacie équipée par ce fournisseur (un bon de commande signé).", returncode=2
            )
        months = _months_over(options["months"], max(open_since[finess] for finess in chosen), now)
        drawn = {name: options[name] for name in ("seed", "events", "faults")}
        lines = list(sample_lines(pharmacies=chosen, months=months, **drawn))
        reference = Reference(as_instants(spans), set(spans), now)
        counts = reference.read(lines)
        found = results(reference, _places(chosen, now), sorted({month.year for month in months}), _rules(now))
        folder: Path = options["folder"]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "sample.csv").write_text("".join(f"{line}\n" for line in lines))
        told = json.dumps(expected(reference, counts, found), indent=1, ensure_ascii=False)
        (folder / "expected.json").write_text(told)
        self.stdout.write(f"{counts.lines} lignes dans {folder / 'sample.csv'}")


def _months_over(count: int, since: datetime, now: datetime) -> list[date]:
    """The last months that are over, from the oldest. Raises CommandError where there are not so many."""
    month, over = paris_date(since).replace(day=1), []
    while next_month(month) <= paris_date(now):
        over.append(month)
        month = next_month(month)
    if not 1 <= count <= len(over):
        raise CommandError(
            f"{count} mois demandés : ces pharmacies en ont {len(over)} de terminés depuis le 1er janvier de l’année "
            f"de leur bon de commande. Demandez-en de 1 à {len(over)}."
            if over
            else "Aucun mois n’est terminé depuis le 1er janvier de l’année de leur bon de commande : attendez le mois "
            "prochain.",
            returncode=2,
        )
    return over[-count:]


def _places(chosen: list[str], now: datetime) -> list[Place]:
    programme, known = open_programme(now), pharmacies_by_finess(chosen)
    lineages = [(finess, known[finess].lineage) for finess in chosen]
    return [Place(finess, lineage.pk, ready_on(lineage, programme)) for finess, lineage in lineages]


def _rules(now: datetime) -> Rules:
    return Rules(paris_date(now), partial(measures_in, open_programme(now)), neutralised_codes)
