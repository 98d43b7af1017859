"""``manage.py compute_indicators --year Y [--finess F] [--json]``: the measures of use of a year, from the counters.

``--json``: one object with every result of the year (of one pharmacy with ``--finess``), each with its ``finess``.
What a precondition of the year holds back is a ``conditional_amount``, and ``held_by`` names it. Exit status 2 for a
pharmacy that is not known.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from indicators.catalogue import measures_in, open_programme
from indicators.selectors import results_by_pharmacy, reward_for
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
        if options["json"]:
            self._as_json(year, changed, _results(programme, year, lineages))
            return
        self.stdout.write(
            f"Année {year} : {changed} résultat{'s' if changed > 1 else ''} nouveau{'x' if changed > 1 else ''}."
        )
        for one in _results(programme, year, lineages) if lineages else ():
            self.stdout.write(f"  {one['code']} v{one['version']} : {one['label']}, {one['rate'] or '–'} %")

    def _as_json(self, year: int, changed: int, results: Iterable[dict[str, Any]]) -> None:
        """One object, a result a line: it may hold those of every pharmacy, and is written as they are read."""
        self.stdout.write(f'{{"year": {year}, "changed": {changed}, "results": [', ending="")
        for number, one in enumerate(results):
            self.stdout.write(("," if number else "") + "\n" + json.dumps(one, ensure_ascii=False), ending="")
        self.stdout.write("]}")


def _results(programme: str, year: int, lineages: Iterable[UUID]) -> Iterator[dict[str, Any]]:
    measures = measures_in(programme, year)
    for finess, standings in results_by_pharmacy(year, lineages):
        held_by = reward_for(measures, standings).held_by
        for one in standings:
            yield {"finess": finess, **one.as_json(held_by)}


def _lineage(finess: str) -> Any:
    pharmacy = Pharmacy.objects.filter(finess=finess).first()
    if pharmacy is None:
        raise CommandError(f"Aucune pharmacie ne porte le FINESS {finess}.", returncode=2)
    return pharmacy.lineage_id
