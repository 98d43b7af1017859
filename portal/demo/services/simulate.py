"""The whole programme in a few seconds: the cast plays its script to the end, apart from the real data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.core.management import call_command
from django.db import connection, transaction

from portal.common import clock
from portal.demo.domain.happenings import Happening
from portal.demo.selectors import happenings
from portal.demo.services.people import SINCE, make_people
from portal.demo.services.scratch import elsewhere
from portal.demo.services.script import play
from portal.outbox.models import OutboxMessage
from portal.programmes.services.load import load_catalogue


class EffectFailed(Exception):
    """A reaction failed during the simulation: what comes after would not be what happens."""


def simulate(*, programme: str, until: datetime, waiting: Callable[[], None]) -> list[Happening]:
    """What would have happened under a programme before ``until``, in order; the rules are those of the catalogue.

    Plays in a database of its own, in one transaction that is taken back, so that no worker is woken. ``waiting`` is
    called when another simulation has to end before. Raises ``Refused`` when no database can be created and
    ``EffectFailed`` when a reaction failed.
    """
    with elsewhere(waiting), clock.frozen(business=SINCE):
        call_command("migrate", verbosity=0, interactive=False)
        load_catalogue()
        with transaction.atomic():
            make_people()
            play(until=until)
            connection.check_constraints()  # the deferred ones too, since nothing is committed
            if failed := OutboxMessage.objects.filter(delivered_at=None).first():
                raise EffectFailed(f"{failed.topic} : {failed.error}")
            found = happenings(programme)
            transaction.set_rollback(True)
    return found
