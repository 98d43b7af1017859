"""``manage.py compute_indicators --year Y [--finess F] [--json]``: the measures of use of a year, from the counters.

Exit status 2 for a pharmacy that is not known.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indicators.catalogue import open_programme
from indicators.selectors import results_of
from indicators.services.compute import compute_year
from portal.common import clock
from portal.registry.models import Pharmacy


class Command(BaseCommand):
    help = "Calcule les indicateurs d’usage d’une année ; seuls les résultats qui changent sont écrits."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", type=int, required=True, metavar="ANNÉE")
        parser.add_argument("--finess", default="", help="FINESS géographique d’une seule pharmacie")
        parser.add_argument("--json", action="store_true", help="écrit un objet JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        year, programme = options["year"], open_programme(clock.business_now())
        lineages = [_lineage(options["finess"])] if options["finess"] else []
        changed = compute_year(programme, year, lineages)
        results = [one.as_json() for one in results_of(lineages[0], year)] if lineages else []
        if options["json"]:
            self.stdout.write(json.dumps({"year": year, "changed": changed, "results": results}, ensure_ascii=False))
            return
        self.stdout.write(
            f"Année {year} : {changed} résultat{'s' if changed > 1 else ''} nouveau{'x' if changed > 1 else ''}."
        )
        for one in results:
            self.stdout.write(f"  {one['code']} v{one['version']} : {one['label']}, {one['rate'] or '–'} %")


def _lineage(finess: str) -> Any:
    pharmacy = Pharmacy.objects.filter(finess=finess).first()
    if pharmacy is None:
        raise CommandError(f"Aucune pharmacie ne porte le FINESS {finess}.", returncode=2)
    return pharmacy.lineage_id
