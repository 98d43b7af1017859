"""Stands for the publication of the root of the journal."""

from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Says that it ran."""

    def handle(self, **_options: Any) -> None:
        """Nothing to publish."""
        self.stdout.write("root")
