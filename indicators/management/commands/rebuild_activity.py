"""``manage.py rebuild_activity [--check]``: derive everything again from the raw files.

Exit status: 0 mended or nothing to mend, 1 a difference with ``--check`` or a raw file that is gone.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indicators.services.rebuild import rebuild
from portal.registry.selectors import all_suppliers


class Command(BaseCommand):
    help = "Recalcule les compteurs d’activité à partir des seuls fichiers reçus, dans l’ordre de leur acceptation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare seulement, ne change rien")

    def handle(self, *args: Any, **options: Any) -> None:
        check, differences = options["check"], []
        for supplier in all_suppliers():
            found = rebuild(supplier.pk, check=check)
            differences += found
            for difference in found:
                self.stdout.write(f"{supplier.name} – {difference}")
        if not differences:
            self.stdout.write("Aucune différence : les compteurs sont ceux des fichiers reçus.")
        elif check:
            raise CommandError("Les compteurs diffèrent des fichiers reçus : relancez sans --check.", returncode=1)
        else:
            self.stdout.write("Les compteurs ont été recalculés.")
