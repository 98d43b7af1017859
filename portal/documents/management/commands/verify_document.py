"""``manage.py verify_document FILE… [--json]``: is each file a document of the portal, as it was issued?

Exit 0 where all are genuine, 1 where one is not, 2 for a wrong use.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.documents.services.verify_file import Verdict, verify_file


class Command(BaseCommand):
    help = "Vérifie des fichiers PDF : cachets, signatures attendues, registre du portail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FICHIER")
        parser.add_argument("--json", action="store_true", help="imprime un objet JSON par fichier")

    def handle(self, *args: Any, **options: Any) -> None:
        contents = [(path, _read(path)) for path in options["files"]]
        genuine = True
        for path, content in contents:
            verdict = verify_file(content)
            genuine = genuine and verdict.genuine
            if options["json"]:
                self.stdout.write(json.dumps({"file": str(path), **verdict.as_json()}, ensure_ascii=False))
            else:
                self._tell(path, verdict)
        if not genuine:
            raise CommandError("Au moins un fichier n’est pas authentique.", returncode=1)

    def _tell(self, path: Path, verdict: Verdict) -> None:
        named = f" : {verdict.document}" if verdict.document else ""
        self.stdout.write(f"{path} – {'AUTHENTIQUE' if verdict.genuine else 'NON AUTHENTIQUE'}{named}")
        for signer in verdict.signers:
            clock = "horodatage" if signer["timestamped"] else "heure du portail"
            self.stdout.write(f"  {signer['field']} : {signer['name']}, {signer['at']} ({clock})")
        for reason in verdict.reasons:
            self.stdout.write(f"  {reason}")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} ne peut pas être lu : {error.strerror}.", returncode=2) from error
