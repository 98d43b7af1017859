"""``manage.py import_activity FILE… --supplier SIRET --software NUMBER [--json]``: deposit and read activity logs.

Exit status: 0 every file accepted or already deposited, 1 one refused, 2 wrong usage or unreadable file, 3 the machine
stopped it (no room, no memory, no PostgreSQL): what was read before is told, the same command goes on from there.
"""

from __future__ import annotations

import errno
import json
import logging
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError

from indicators.domain.codes import FILE_CODES, LINE_CODES
from indicators.services.foreground import import_file
from portal.accounts.actors import Actor
from portal.registry.models import Supplier
from portal.registry.selectors import supplier_by_siret

log = logging.getLogger(__name__)
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
STOPPED = 3
"""Exit status: neither a file nor its sender is at fault."""


class Command(BaseCommand):
    help = (
        "Dépose et lit des journaux d’activité (format lgo-activity-1) d’un fournisseur, comme la page de dépôt. "
        "Un fichier déjà déposé ne change rien. Code de retour : 0 tout est accepté ou déjà déposé, 1 un fichier est "
        "refusé, 2 mauvais usage ou fichier illisible, 3 la machine s’est arrêtée en route (place, mémoire, base de "
        "données) : relancez la même commande."
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
        results: list[dict[str, Any]] = []
        try:
            for path in options["files"]:
                results.append(self._import(path, supplier, options))
        except Exception as error:
            log.exception("import of %s stopped", path)
            _stop(path, len(results), error)
        finally:
            if options["json"]:
                self.stdout.write(json.dumps(results, ensure_ascii=False))
        if any(result["outcome"] == "refused" for result in results):
            raise CommandError("Au moins un fichier est refusé : rien n’en est pris.", returncode=1)

    def _import(self, path: Path, supplier: Supplier, options: dict[str, Any]) -> dict[str, Any]:
        result = import_file(path, supplier=supplier, software=options["software"], actor=Actor.system())
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


def _stop(path: Path, read: int, error: Exception) -> NoReturn:
    """Say what happened, what is taken, what to do."""
    happened, todo = _said(error)
    before = f"{read} fichier{'s' if read > 1 else ''} avant lui {'sont lus' if read > 1 else 'est lu'}"
    raise CommandError(
        f"Arrêt sur {path.name} : {happened} {before if read else 'Aucun fichier avant lui'}, selon les résultats "
        f"écrits. {path.name} est pris en entier ou pas du tout ; ceux qui le suivent ne sont pas lus. {todo}, puis "
        "relancez la même commande : ce qui est déjà pris ne compte pas deux fois.",
        returncode=STOPPED,
    ) from error


def _said(error: Exception) -> tuple[str, str]:
    """What happened, and what to do before starting again."""
    if isinstance(error, OSError):
        if error.errno in _NO_ROOM:
            return "il n’y a plus de place.", "Libérez-en"
        return f"le disque a refusé de lire ou d’écrire ({error.strerror or error}).", "Vérifiez sa place et son état"
    if isinstance(error, MemoryError):
        return "la mémoire manque.", "Libérez de la mémoire, ou augmentez ACTIVITY_MEMORY_MB"
    if isinstance(error, OperationalError | InterfaceError):
        return "la base de données ne répond plus.", "Vérifiez-la"
    return f"une erreur imprévue ({type(error).__name__}).", "Transmettez le journal de la commande à l’administration"


def _readable(path: Path) -> None:
    try:
        with path.open("rb"):
            return
    except OSError as error:
        raise CommandError(f"{path} : fichier introuvable ou illisible, vérifiez son chemin.", returncode=2) from error
