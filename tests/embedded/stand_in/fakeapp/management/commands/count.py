"""Uses the database for some time."""

import time
from typing import Any

from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    """Counts groups again and again, then says that it worked to the end."""

    def add_arguments(self, parser: CommandParser) -> None:
        """How long."""
        parser.add_argument("seconds", type=float)

    def handle(self, **options: Any) -> None:
        """Count until the time is over."""
        deadline = time.monotonic() + options["seconds"]
        self.stdout.write("begun", ending="\n")
        self.stdout.flush()
        while time.monotonic() < deadline:
            Group.objects.count()
            time.sleep(0.05)
        self.stdout.write(f"groups={Group.objects.count()}")
