"""``manage.py migrate``: Django's own, as the owner of the tables, and the ways round the triggers closed again."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from portal.config.database import close_ways_round, owned
from portal.config.historical import options_in_place, states_as_columns


class Command(migrate.Command):
    help = migrate.Command.help

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        with owned(connection), states_as_columns(), options_in_place():
            super().handle(*args, **options)
            if not (options["plan"] or options["check_unapplied"]):
                close_ways_round(connection)
