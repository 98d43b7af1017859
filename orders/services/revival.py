"""Applying a new rule set to the orders it reaches: limits moved, orders revived, steps that fall due. Idempotent."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from orders.domain.course import Due
from orders.domain.lifecycle import ISSUED, SIGNED
from orders.domain.limits import conditional_limit, link_expiry
from orders.domain.reform import Verdict, verdicts
from orders.models import Order, Slot
from orders.services.courses import OrderCourse, courses
from orders.services.deadlines import carry_out
from orders.services.machines import ORDERS
from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.refusals import Refused
from portal.outbox.services.jobs import Progress
from portal.outbox.services.publish import publish
from portal.programmes.domain.book import Book
from portal.programmes.selectors import book_for
from portal.workflow.execute import Act, run

APPLY = "orders.apply_rules"
"""The job that follows the publication of a rule set."""


def apply_rules(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The work of that job (``params``: ``programme``): each order in its own transaction, the latest signed first.

    Killed, it starts again: what is done is no longer due. Returns how many orders were revived, moved, redated.
    """
    now = clock.business_now()
    book = book_for(params["programme"], now)
    rows = [(row, verdict) for row, verdict in verdicts(courses(params["programme"]), book, now) if _acts(row, verdict)]
    progress.expect(len(rows))
    counts = {"revived": 0, "moved": 0, "redated": 0, "refused": 0}
    for row, verdict in rows:
        try:
            _apply(row, verdict, book, now)
        except Refused:
            counts["refused"] += 1  # somebody acted meanwhile: the facts are no longer those judged
        else:
            counts["revived" if verdict.revived else "moved" if verdict.steps else "redated"] += 1
        progress.step()
    return counts


def _acts(row: OrderCourse, verdict: Verdict) -> bool:
    return bool(verdict.steps) or verdict.limit is not None or late_va_counts(row, verdict)


def late_va_counts(row: OrderCourse, verdict: Verdict) -> bool:
    """Whether a VA signed too late under the former rules is in time under these: the order is then realised."""
    return row.va_state == "signed_late" and verdict.stays is None and verdict.course.state in SIGNED


@transaction.atomic
def _apply(row: OrderCourse, verdict: Verdict, book: Book, now: datetime) -> None:
    rule_set = book.at(now).reference
    if verdict.limit is not None:
        name = "expires_at" if row.course.state == ISSUED else "conditional_until"
        act = Act[Any]("redate", {name: verdict.limit}, data={"rule": "new_rules"}, rule_set=rule_set)
        run(ORDERS, row.pk, Actor.system(), act)
    for step in verdict.steps:
        if step.verb.startswith("revive"):
            revive(row.pk, step, book, rule_set)
        else:
            carry_out(row.pk, step, rule_set)
    if late_va_counts(row, verdict):
        publish("order.late_va_counts", {"id": str(row.pk)}, dedup=f"order.late_va_counts:{row.pk}:{rule_set}")


def revive(order_id: UUID, step: Due, book: Book, rule_set: str) -> Order:
    """Bring an ended order back, with its slot and its limit. Needs a transaction; raises ``Refused``."""
    before = Order.objects.get(pk=order_id)
    act = Act[Any](step.verb, _limits(before, step, book), data={"rule": step.reason}, rule_set=rule_set)
    order = run(ORDERS, order_id, Actor.system(), act)
    if order.state in SIGNED:
        Slot.objects.filter(pk=order.slot_id).update(holder=order, held_since=clock.business_now())
    return order


def _limits(order: Order, step: Due, book: Book) -> dict[str, datetime]:
    if step.verb == "revive_issued" and order.issued_at:
        return {"expires_at": link_expiry(order.issued_at, book.at(step.since))}
    if step.verb == "revive_conditional" and order.counts_from:
        return {"conditional_until": conditional_limit(order.counts_from, book.at(order.counts_from))}
    return {}
