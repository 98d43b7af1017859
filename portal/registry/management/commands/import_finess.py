"""``manage.py import_finess FILE [--dry-run] [--json]``: import the open FINESS file of establishments.

Exit status: 0 accepted (even with rejected rows), 1 refused (nothing written), 2 wrong usage or unreadable file.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.common.refusals import Refused
from portal.registry.domain.finess_remarks import WHOLE_FILE, FileRefused, Remark
from portal.registry.services.import_finess import import_finess
from portal.registry.services.import_finess_report import Report, as_json, refused_report

_SHOWN = 20


class Command(BaseCommand):
    help = (
        "Importe le fichier ouvert des établissements FINESS (etalab-cs1100502, -cs1100507 ou colonnes nommées) : "
        "pharmacies créées, mises à jour, fermées. Le même fichier importé deux fois ne change rien."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FICHIER", type=Path, help="le fichier CSV, tel que téléchargé")
        parser.add_argument("--dry-run", action="store_true", help="dit ce qui changerait, n’écrit rien")
        parser.add_argument("--json", action="store_true", help="écrit le résultat en un seul objet JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        progress = None if options["json"] else self._say_progress
        try:
            report = import_finess(path=path, dry_run=options["dry_run"], progress=progress)
        except OSError as error:
            raise CommandError(f"{path} : {_unreadable(error)}.", returncode=2) from error
        except Refused as error:
            message = self._refuse(path, error, in_json=options["json"])
            raise CommandError(message, returncode=1) from error
        if options["json"]:
            self._write_json(report)
        else:
            self._write(report)

    def _say_progress(self, rows: int) -> None:
        self.stderr.write(f"… {_number(rows)} établissements lus")

    def _refuse(self, path: Path, error: Refused, *, in_json: bool) -> str:
        message = error.message if isinstance(error, FileRefused) else error.refusals[0].message
        if in_json:
            places = error.places if isinstance(error, FileRefused) else ()
            self._write_json(refused_report(path.name, message, places))
        return message

    def _write_json(self, report: Report) -> None:
        self.stdout.write(json.dumps(as_json(report), ensure_ascii=False))

    def _write(self, report: Report) -> None:
        day = f"{report.file_date:%d/%m/%Y}" if report.file_date else "sans date"
        self.stdout.write(f"{report.file}, fichier du {day}")
        if report.dry_run:
            self.stdout.write("Essai : rien n’est écrit, voici ce qui changerait.")
        self.stdout.write(
            f"  établissements lus : {_number(report.rows)}, dont pharmacies : {_number(report.pharmacies)}\n"
            f"  créées : {_number(report.created)}\n"
            f"  mises à jour : {_number(report.updated)} (dont rouvertes : {_number(report.reopened)})\n"
            f"  fermées : {_number(report.closed)}\n"
            f"  inchangées : {_number(report.unchanged)}"
        )
        self._list("Lignes rejetées", report.rejected)
        self._list("Avertissements", report.warnings)

    def _list(self, title: str, remarks: Sequence[Remark]) -> None:
        self.stdout.write(f"{title} : {_number(len(remarks))}")
        for remark in remarks[:_SHOWN]:
            where = "fichier" if remark.line == WHOLE_FILE else f"ligne {remark.line}, {remark.column}"
            value = f" « {remark.value} »" if remark.value else ""
            self.stdout.write(f"  {where}{value} : {remark.reason}")
        if len(remarks) > _SHOWN:
            self.stdout.write(f"  … et {_number(len(remarks) - _SHOWN)} autres : --json les donne tous.")


def _number(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")


def _unreadable(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "fichier introuvable"
    if isinstance(error, IsADirectoryError):
        return "c’est un dossier, un fichier est attendu"
    if isinstance(error, PermissionError):
        return "lecture interdite"
    return error.strerror or str(error)
