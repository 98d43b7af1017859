"""Reading the orders at stake: those signed under condition that the actor may see."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from orders.domain.lifecycle import SIGNED_CONDITIONAL
from orders.domain.stakes import STANDINGS, Standing, Tally, Week, limit_to_come, standing, tally, weeks, why_limit
from orders.selectors import visible_to
from orders.services.courses import OrderCourse, courses
from portal.accounts.actors import Actor
from portal.programmes.domain.book import Book
from portal.registry.selectors import all_versions


@dataclass(frozen=True)
class Stake:
    """One order at stake, as its line shows it."""

    row: OrderCourse
    software: str
    limit: datetime | None
    why: str
    standing: Standing

    @property
    def label(self) -> str:
        """Its standing in words."""
        return STANDINGS[self.standing]

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        return {Standing.WAITING: "warning", Standing.IN_TIME: "success", Standing.LATE: "error"}[self.standing]

    @property
    def url(self) -> str:
        """The dossier of the order."""
        return reverse("home:dossier", args=[self.row.pk])


@dataclass(frozen=True)
class SoftwareStakes:
    """What is at stake for one version of a software."""

    version: UUID
    software: str
    supplier: str
    tally: Tally


@dataclass(frozen=True)
class Stakes:
    """Everything at stake for an actor: the most urgent order first, software by software, week by week."""

    orders: list[Stake]
    software: list[SoftwareStakes]
    weeks: list[Week]
    total: Tally


_RANK = {Standing.WAITING: 0, Standing.LATE: 1, Standing.IN_TIME: 2}


def stakes(actor: Actor, book: Book, now: datetime, software: str = "") -> Stakes:
    """What is at stake in the orders that the actor may see; ``software`` narrows to the key of one version."""
    waiting = visible_to(actor).filter(state=SIGNED_CONDITIONAL)
    names = {version.pk: str(version) for version in all_versions()}
    found = [_stake(row, names, book, now) for row in courses(book.at(now).programme, waiting)]
    groups: dict[UUID, list[Stake]] = defaultdict(list)
    for stake in found:
        groups[stake.row.version].append(stake)
    chosen = [stake for stake in found if not software or str(stake.row.version) == software]
    chosen.sort(key=lambda stake: (_RANK[stake.standing], stake.limit or now, stake.row.number))
    by_software = [
        SoftwareStakes(version, group[0].software, group[0].row.supplier, _tally(group))
        for version, group in groups.items()
    ]
    by_software.sort(key=lambda line: (line.tally.next_limit is None, line.tally.next_limit or now, line.software))
    open_limits = [(s.limit, s.row.amount) for s in chosen if s.limit and s.standing is Standing.WAITING]
    return Stakes(chosen, by_software, weeks(open_limits), _tally(chosen))


def _stake(row: OrderCourse, names: dict[UUID, str], book: Book, now: datetime) -> Stake:
    return Stake(
        row=row,
        software=names[row.version],
        limit=limit_to_come(row.course, book),
        why=why_limit(row.course, book),
        standing=standing(row.course, book, now),
    )


def _tally(found: list[Stake]) -> Tally:
    return tally((stake.standing, stake.row.amount, stake.limit) for stake in found)
