"""Stands for the demonstration data: one row more at each start, so that a test sees whether data are kept."""

import json
from typing import Any

from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    """Adds a group and prints an account."""

    def add_arguments(self, parser: CommandParser) -> None:
        """As the real one."""
        parser.add_argument("--json", action="store_true")

    def handle(self, **_options: Any) -> None:
        """Another group at each call."""
        Group.objects.create(name=f"start {Group.objects.count() + 1}")
        account = {
            "login": "a@example.test",
            "password": "mot-de-passe",
            "role": "fournisseur",
            "organisation": "Éditeur",
        }
        self.stdout.write(json.dumps({"accounts": [account]}))
