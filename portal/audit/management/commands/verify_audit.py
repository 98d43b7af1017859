"""``manage.py verify_audit [--since DATE] [--root-file FILE] [--json]``: is the journal still what was published?"""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.audit.files import BadRootFile
from portal.audit.verification import Report, verify_journal


class Command(BaseCommand):
    help = (
        "Recalcule tout le journal d’audit et le compare aux empreintes publiées. "
        "Code de sortie : 0 intact, 1 écarts, 2 mauvais usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since", type=_day, metavar="AAAA-MM-JJ", help="recompute only what was recorded from this day on (UTC)"
        )
        parser.add_argument(
            "--root-file", type=Path, metavar="FILE", help="a published file kept elsewhere (either one, gzip or not)"
        )
        parser.add_argument("--json", action="store_true", help="print the report as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = verify_journal(since=options["since"], root_file=options["root_file"])
        except BadRootFile as error:
            raise CommandError(f"--root-file : {error}.", returncode=2) from None
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        else:
            self._tell(report)
        if not report.ok:
            raise CommandError(f"{len(report.faults)} écarts : voir le détail ci-dessus.", returncode=1)

    def _tell(self, report: Report) -> None:
        for fault in report.faults:
            self.stdout.write(f"{fault.object_type} {fault.object_id} n° {fault.seq} : {fault.problem}")
        self.stdout.write(f"{report.checked} lignes et {report.chains} chaînes vérifiées, {len(report.faults)} écarts.")
        if report.root:
            self.stdout.write(f"Dernière empreinte publiée, du {report.root.day:%d/%m/%Y} : {report.root.hash}")
        else:
            self.stdout.write("Aucune empreinte publiée : les chaînes n’ont pu être comparées qu’à elles-mêmes.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"« {text} » n’est pas une date : attendu AAAA-MM-JJ, par exemple 2026-01-31") from None
