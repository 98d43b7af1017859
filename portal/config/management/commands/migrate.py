"""``manage.py migrate``: Django's own, as the owner of the tables, and the ways round the triggers closed again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django_fsm
from django.core.management.commands import migrate
from django.db import connections
from django.dispatch import Signal

from portal.config.database import close_ways_round, owned


class Command(migrate.Command):
    help = migrate.Command.help

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        with owned(connection), _states_as_columns():
            super().handle(*args, **options)
            if not (options["plan"] or options["check_unapplied"]):
                close_ways_round(connection)


@contextmanager
def _states_as_columns() -> Iterator[None]:
    """Historical models have no transitions to gather: else each state field hears of every model rendered after it,
    which is half the time of a first migration."""
    heard, vars(django_fsm)["class_prepared"] = vars(django_fsm)["class_prepared"], Signal()
    try:
        yield
    finally:
        vars(django_fsm)["class_prepared"] = heard
