"""``manage.py load_programmes``: load the catalogue of programmes (idempotent)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.programmes.domain.ruleset import BadRuleSet
from portal.programmes.services.load import load_catalogue


class Command(BaseCommand):
    help = "Charge le catalogue des programmes ; sans effet si rien n'a changé."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            created = load_catalogue()
        except BadRuleSet as error:
            raise CommandError(str(error)) from error
        for version in created:
            self.stdout.write(f"{version} chargée.")
