"""Stands for the loading of questionnaires."""

from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Says that it ran."""

    def handle(self, **_options: Any) -> None:
        """Nothing to load."""
        self.stdout.write("questionnaires")
