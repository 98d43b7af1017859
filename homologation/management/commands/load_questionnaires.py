"""``manage.py load_questionnaires``: load the questionnaires of the catalogue, after ``load_programmes``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from homologation.domain.parse import BadQuestionnaire
from homologation.services.load import load_questionnaires


class Command(BaseCommand):
    help = "Charge les questionnaires INSi du catalogue ; sans effet si rien n'a changé."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            created = load_questionnaires()
        except BadQuestionnaire as error:
            raise CommandError(str(error)) from error
        for version in created:
            self.stdout.write(f"{version} chargé.")
