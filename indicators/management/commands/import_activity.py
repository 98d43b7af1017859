"""``manage.py import_activity FILE… --supplier SIRET --software NUMBER [--json]``: deposit and read activity logs.

Exit status: 0 every file accepted or already deposited, 1 one refused, 2 wrong usage or unreadable file.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indicators.domain.codes import FILE_CODES, LINE_CODES
from indicators.services.foreground import import_file
from portal.accounts.actors import Actor
from portal.registry.models import Supplier
from portal.registry.selectors import supplier_by_siret


class Command(BaseCommand):
    help = (
        "Dépose et lit des journaux d’activité (format lgo-activity-1) d’un fournisseur, comme la page de dépôt. "
        "Un fichier déjà déposé ne change rien."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", metavar="FICHIER", type=Path, nargs="+", help="CSV ou JSON Lines, aussi .gz ou .zip"
        )
        parser.add_argument("--supplier", metavar="SIRET", required=True, help="SIRET du fournisseur")
        parser.add_argument(
            "--software", metavar="NUMÉRO", required=True, help="numéro unique du logiciel, ou NOM@VERSION"
        )
        parser.add_argument("--json", action="store_true", help="écrit le résultat en un seul tableau JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        supplier = supplier_by_siret(options["supplier"])
        if supplier is None:
            raise CommandError(
                f"Aucun fournisseur n’a le SIRET {options['supplier']} : vérifiez ses 14 chiffres.", returncode=2
            )
        for path in options["files"]:
            _readable(path)
        results = [self._import(path, supplier, options) for path in options["files"]]
        if options["json"]:
            self.stdout.write(json.dumps(results, ensure_ascii=False))
        if any(result["outcome"] == "refused" for result in results):
            raise CommandError("Au moins un fichier est refusé : rien n’en est pris.", returncode=1)

    def _import(self, path: Path, supplier: Supplier, options: dict[str, Any]) -> dict[str, Any]:
        try:
            result = import_file(path, supplier=supplier, software=options["software"], actor=Actor.system())
        except OSError as error:
            raise CommandError(
                f"{path} : {error.strerror or error}. Rien n’en est pris : libérez de la place, puis relancez.",
                returncode=2,
            ) from error
        if not options["json"]:
            self._write(result)
        return result

    def _write(self, result: dict[str, Any]) -> None:
        self.stdout.write(f"{result['file']} ({result['sha256'][:12]}…)")
        if result["code"]:
            self.stdout.write(f"  {FILE_CODES[result['code']].sentence}")
        if result["places"]:
            self.stdout.write(f"  lignes à revoir : {', '.join(str(place) for place in result['places'])}")
        if result["outcome"] == "refused":
            return
        self.stdout.write(
            f"  lignes : {result['lines']}, acceptées : {result['accepted']} "
            f"(dont remplacées : {result['superseded']}, "
            f"annulées : {result['cancelled']}), en double : {result['duplicates']}"
        )
        for code, count in result["rejected"].items():
            self.stdout.write(f"  rejetées : {count} {code} – {LINE_CODES[code].sentence}")


def _readable(path: Path) -> None:
    try:
        with path.open("rb"):
            return
    except OSError as error:
        raise CommandError(f"{path} : fichier introuvable ou illisible, vérifiez son chemin.", returncode=2) from error
