"""What time and référencement do to orders: expiry, affermissement, lapse. Safe to run any number of times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from orders.domain.course import Due, due, settled
from orders.domain.facts import OrderFacts
from orders.domain.lifecycle import FIRM, ISSUED, SIGNED_CONDITIONAL
from orders.models import Order
from orders.services.cancel import release_slot
from orders.services.courses import OrderCourse, courses
from orders.services.documents import request_certificate
from orders.services.facts import order_facts
from orders.services.machines import ORDERS
from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.refusals import Refusal, Refused
from portal.outbox.services.jobs import Progress, enqueue
from portal.programmes.domain.book import Book
from portal.programmes.selectors import book_for
from portal.registry.domain.referencing import Status
from portal.registry.models import ReferencingEvent
from portal.workflow.execute import Act, lock, run

FOLLOW = "orders.follow_referencing"
"""The job that brings every order of a version to where a change of its référencement leads."""
PART, PARTS = 1_000, 4
"""From so many orders on, the job is cut in parts that several workers carry out at once; at most so many parts."""


@transaction.atomic
def carry_out(order_id: UUID, step: Due, rule_set: str) -> Order:
    """Do one step that is due and what goes with it. Raises ``Refused`` where it is no longer due."""
    stamps: dict[str, Any] = {} if step.verb == "affirm" else {"reason": step.reason}
    why = {"rule": step.reason, "source": step.source, "since": step.since.isoformat()}
    judged: list[OrderFacts] = []

    def keep(facts: OrderFacts) -> list[Refusal]:
        judged.append(facts)
        return []

    order = run(ORDERS, order_id, Actor.system(), Act(step.verb, stamps, check=keep, data=why, rule_set=rule_set))
    if step.verb == "lapse":
        release_slot(order)
    if step.verb == "affirm":
        request_certificate(order, judged[0].course.changes)
    return order


@transaction.atomic
def take_step(order_id: UUID) -> Order | None:
    """Do the next step due to one order; None when it stands where it should."""
    now = clock.business_now()
    facts = order_facts(lock(ORDERS, order_id), Actor.system(), now)
    step = due(facts.course, facts.book, now)
    return carry_out(order_id, step, facts.rules.reference) if step else None


def apply_deadlines() -> int:
    """Carry out every step that is due on any order; return how many orders moved."""
    now = clock.business_now()
    moved = 0
    for programme in Order.objects.values_list("programme", flat=True).distinct().order_by():
        book = book_for(programme, now)
        moved += sum(1 for row in _due_rows(programme, book, now) if follow(row, book, now))
    return moved


def _due_rows(programme: str, book: Book, now: datetime) -> list[OrderCourse]:
    candidates = _candidates(book, now)
    return [row for row in courses(programme, candidates) if settled(row.course, book, now)]


def _candidates(book: Book, now: datetime) -> QuerySet[Order]:
    """The orders that may have something due: few, so that the minute's run costs little. The rules decide."""
    closes = book.at(now).closes("va")
    if closes is not None and now >= closes:
        return Order.objects.filter(Q(state=ISSUED, expires_at__lte=now) | Q(state__in=(SIGNED_CONDITIONAL, *FIRM)))
    decided = ReferencingEvent.objects.filter(
        status__in=[Status.REFERENCED, Status.REFUSED, Status.ABANDONED, Status.LAPSED, Status.WITHDRAWN],
        effective_at__lte=now,
    ).values("referencing__version")
    ended = ReferencingEvent.objects.filter(status=Status.WITHDRAWN, effective_at__lte=now).values(
        "referencing__version"
    )
    return Order.objects.filter(
        Q(state=ISSUED, expires_at__lte=now)
        | Q(state=SIGNED_CONDITIONAL, conditional_until__lte=now)
        | Q(state=SIGNED_CONDITIONAL, software_version__in=decided)
        | Q(state__in=FIRM, software_version__in=ended)
    )


def follow(row: OrderCourse, book: Book, now: datetime) -> bool:
    """Carry out what is due on one order, a transaction a step; one that is no longer due is left as it is."""
    moved = False
    for step in settled(row.course, book, now):
        try:
            carry_out(row.pk, step, book.at(now).reference)
        except Refused:
            break
        moved = True
    return moved


def ask_to_follow(programme: str, version_id: UUID, *, cause: str) -> None:
    """Ask for the job that brings the orders of a version to where its référencement leads; once for a ``cause``."""
    parts = min(PARTS, 1 + _waiting(version_id).filter(programme=programme).count() // PART)
    for part in range(parts):
        params = {"programme": programme, "version": str(version_id), "part": part, "parts": parts}
        enqueue(FOLLOW, params, dedup=f"{FOLLOW}:{cause}:{part}")


def _waiting(version_id: UUID) -> QuerySet[Order]:
    return Order.objects.filter(software_version=version_id, state__in=(SIGNED_CONDITIONAL, *FIRM))


def follow_referencing(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The work of that job: one transaction an order. Killed, it starts again with the orders that are left.

    An order always falls to the same part, so that no two of them meet.
    """
    now = clock.business_now()
    book = book_for(params["programme"], now)
    mine = (
        row
        for row in courses(params["programme"], _waiting(UUID(params["version"])))
        if row.pk.int % params["parts"] == params["part"]
    )
    rows = [row for row in mine if settled(row.course, book, now)]
    progress.expect(len(rows))
    moved = 0
    for row in rows:
        moved += follow(row, book, now)
        progress.step()
    return {"moved": moved}


def strays(programme: str) -> Iterator[tuple[OrderCourse, Due]]:
    """The orders whose stored state is not the one that the rules give now, with the step that is missing."""
    now = clock.business_now()
    book = book_for(programme, now)
    for row in courses(programme):
        if step := due(row.course, book, now):
            yield row, step
