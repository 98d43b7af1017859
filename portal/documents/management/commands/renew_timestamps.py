"""``manage.py renew_timestamps [--json]``: the archive time-stamps of what is kept, before they end."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.documents.services.renew import renew_timestamps


class Command(BaseCommand):
    help = "Renouvelle les horodatages d’archivage qui arrivent à leur terme ; sort avec 1 si l’un n’a pas pu l’être."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="imprime le bilan en un objet JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        done = renew_timestamps()
        if options["json"]:
            self.stdout.write(json.dumps(done.as_json(), ensure_ascii=False))
        else:
            self.stdout.write(f"{done.examined} documents examinés, {done.renewed} horodatages renouvelés.")
            for fault in done.faults:
                self.stdout.write(f"{fault['document']} {fault['number']} : {' '.join(fault['reasons'])}")
        if done.stopped:
            raise CommandError(f"{done.stopped} Recommencez quand une autorité répond (TSA_URLS).", returncode=1)
        if done.faults:
            raise CommandError(f"{len(done.faults)} fichiers ne tiennent plus : voir ci-dessus.", returncode=1)
