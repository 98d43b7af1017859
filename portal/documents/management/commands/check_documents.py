"""``manage.py check_documents [--json]``: is every stored document still what was issued?"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.documents.services.verify import verify_all


class Command(BaseCommand):
    help = "Verify every stored document against its SHA-256; exit 1 on any difference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the report as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify_all()
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        else:
            for fault in report.faults:
                self.stdout.write(f"{fault.document_id} {fault.number} : {fault.problem}")
            self.stdout.write(
                f"{report.checked} documents vérifiés, {report.waiting} à produire, "
                f"{len(report.unknown_files)} fichiers sans document, {len(report.faults)} écarts."
            )
        if report.faults:
            raise CommandError(f"{len(report.faults)} écarts : voir le détail ci-dessus.", returncode=1)
