"""``manage.py verify_document FILE… [--evidence F] [--json]``: is each file a document of the portal, as it was issued?

Exit 0 where all are genuine, 1 where one is not, 2 for a wrong use.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.documents.services.verify_file import Verdict, verify_evidence, verify_file


class Command(BaseCommand):
    help = "Vérifie des fichiers PDF : cachets, signatures attendues, registre du portail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FICHIER")
        parser.add_argument(
            "--evidence", type=Path, metavar="PREUVE", help="preuve de la signature du seul fichier donné"
        )
        parser.add_argument("--json", action="store_true", help="imprime un objet JSON par fichier")

    def handle(self, *args: Any, **options: Any) -> None:
        contents = [(path, _read(path)) for path in options["files"]]
        proof: Path | None = options["evidence"]
        if proof is not None and len(contents) != 1:
            raise CommandError("--evidence va avec un seul fichier.", returncode=2)
        verdicts = [(path, verify_file(content)) for path, content in contents]
        if proof is not None:
            verdicts.append((proof, verify_evidence(contents[0][1], _read(proof))))
        genuine = True
        for path, verdict in verdicts:
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
