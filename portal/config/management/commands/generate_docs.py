"""``manage.py generate_docs [--check]``: write the sections of ``docs/`` that come from the code."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.config.docs.pages import outdated


class Command(BaseCommand):
    help = "Écrit dans docs/ ce qui vient du code : graphe des imports, états, verbes, rôles."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="n’écrit rien ; échoue si une page n’est plus à jour")

    def handle(self, *args: Any, **options: Any) -> None:
        pages = outdated(settings.BASE_DIR)
        names = ", ".join(str(path.relative_to(settings.BASE_DIR)) for path in pages)
        if options["check"]:
            if pages:
                raise CommandError(f"Pages à régénérer (manage.py generate_docs) : {names}")
            return
        for path, text in pages.items():
            path.write_text(text)
        self.stdout.write(f"Pages écrites : {names or 'aucune, tout est à jour'}")
