"""``manage.py compute_supervision --month M [--finess F] [--json]``: the monthly reports of INSi calls.

Only reports whose figures changed are written. Exit status 2 for an unknown pharmacy or a month that is not over.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from homologation.domain.supervision import next_month
from homologation.services.supervise import compute_month
from homologation.supervision_selectors import judgement_of, last_reports
from portal.common import clock
from portal.common.clock import paris_date
from portal.registry.selectors import pharmacy_by_finess


class Command(BaseCommand):
    help = "Calcule les rapports mensuels des appels INSi d’après les journaux d’activité."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--month", required=True, metavar="AAAA-MM")
        parser.add_argument("--finess", default="", help="FINESS géographique d’une seule pharmacie")
        parser.add_argument("--json", action="store_true", help="écrit un objet JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        month, pharmacies = _month(options["month"]), []
        if options["finess"]:
            pharmacy = pharmacy_by_finess(options["finess"])
            if pharmacy is None:
                raise CommandError(f"Aucune pharmacie ne porte le FINESS {options['finess']}.", returncode=2)
            pharmacies = [pharmacy.pk]
        written = compute_month(month, pharmacies)
        reports = _reports(month, pharmacies)
        if options["json"]:
            said = {"month": f"{month:%Y-%m}", "written": written, "reports": reports}
            self.stdout.write(json.dumps(said, ensure_ascii=False))
            return
        self.stdout.write(
            f"{month:%m/%Y} : {written} rapport{'s' if written > 1 else ''} écrit{'s' if written > 1 else ''}."
        )
        for one in reports:
            self.stdout.write(f"  r{one['revision']} : {one['calls']} appels, {one['prescriptions']} prescriptions")
            for alert in one["alerts"]:
                self.stdout.write(f"    {alert['rule']} {alert['message']}")


def _month(text: str) -> date:
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise CommandError("Le mois s’écrit AAAA-MM, par exemple 2022-10.", returncode=2) from None
    if next_month(month) > paris_date(clock.business_now()):
        raise CommandError("Ce mois n’est pas terminé.", returncode=2)
    return month


def _reports(month: date, pharmacies: list[Any]) -> list[dict[str, Any]]:
    """Those of the pharmacies that were named; of all of them there would be too many to list."""
    found = []
    for report in last_reports(month, pharmacies):
        alerts = [{"rule": alert.rule, "message": alert.message} for alert in judgement_of(report).alerts]
        counts = {name: getattr(report, name) for name in ("revision", "origin", "calls", "prescriptions", "input")}
        found.append({**counts, "alerts": alerts})
    return found
