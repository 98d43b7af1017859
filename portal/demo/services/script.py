"""The script: every cue of the cast in chronological order, with the portal's own daily work in between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter

from orders.services.deadlines import apply_deadlines
from portal.common.clock import paris_date, start_of_paris_day
from portal.demo import cast
from portal.demo.services.cues import Cue, moment, perform
from portal.demo.services.stories import tell_all
from portal.programmes.selectors import published, rules_of
from portal.registry.domain.referencing import Status
from portal.registry.models import SoftwareVersion
from portal.registry.services.suppliers import record_status


def play(until: datetime, more: Iterable[Cue] = ()) -> None:
    """Perform what falls before ``until``; the people of the cast exist already. Raises ``Refused`` for a bad story.

    ``more``: acts that the demonstration shows beside the course of the orders.
    """
    acts: list[Cue] = list(more)
    tell_all(acts.append)
    _tell_referencing(acts.append)
    first = min(cue.at for cue in acts)
    cues = [*_daily_work(first, until), *acts]
    for cue in sorted(cues, key=attrgetter("at")):  # stable: what is due at an instant comes before the acts of it
        if cue.at < until:
            perform(cue)


def _daily_work(since: datetime, until: datetime) -> Iterator[Cue]:
    """The deadlines of every day at its first instant, and at each date of the rules.

    The running portal does it every minute: a limit falls at midnight or at a date of the rules, so nothing comes
    later than it would.
    """
    day = paris_date(since) + timedelta(days=1)
    while (midnight := start_of_paris_day(day)) < until:
        yield Cue(midnight, apply_deadlines)
        day += timedelta(days=1)
    for at in {milestone.at for version in published(cast.PROGRAMME) for milestone in rules_of(version).calendar}:
        if since <= at < until:
            yield Cue(at, apply_deadlines)


def _tell_referencing(give: Callable[[Cue], object]) -> None:
    """Each status of the cast's software at its own date, and what follows from it at the same instant."""
    for supplier in cast.SUPPLIERS:
        for role in supplier.software:
            for day, status in role.history:
                at = moment(day, 10)
                give(Cue(at, partial(_record_status, role, Status(status), at)))
                give(Cue(at, apply_deadlines))


def _record_status(role: cast.SoftwareRole, status: Status, at: datetime) -> None:
    record_status(
        programme=cast.PROGRAMME,
        version=SoftwareVersion.objects.get(software__name=role.name, label=role.version),
        status=status,
        effective_at=at,
        source="Démonstration",
        number=role.number if status is Status.REFERENCED else "",
    )
