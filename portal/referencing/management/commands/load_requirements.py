"""``manage.py load_requirements``: load the requirements of the catalogue (idempotent), after ``load_programmes``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.referencing.domain.requirements import BadRequirements
from portal.referencing.services.load import load_requirements


class Command(BaseCommand):
    help = "Charge les exigences de référencement du catalogue ; sans effet si rien n'a changé."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            created = load_requirements()
        except BadRequirements as error:
            raise CommandError(str(error)) from error
        for version in created:
            self.stdout.write(f"{version} chargées.")
