"""``manage.py publish_audit_root [--json]``: publish the root of the day over the heads of all chains."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from portal.audit.publishing import publish_root


class Command(BaseCommand):
    help = "Publie l’empreinte du jour du journal d’audit ; sans effet si elle est déjà publiée."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the root as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        root, made = publish_root()
        if options["json"]:
            told = {"day": root.day.isoformat(), "number": root.number, "hash": root.hash, "count": root.count}
            self.stdout.write(json.dumps({**told, "made": made}))
            return
        what = "publiée" if made else "déjà publiée"
        self.stdout.write(f"Empreinte du {root.day:%d/%m/%Y} {what} : {root.hash} ({root.count} chaînes).")
