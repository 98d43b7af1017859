"""Ending a signed order before it is realised: by consent of both sides, or by a validator for fraud."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from orders.domain.facts import OrderFacts
from orders.domain.rules import side_of
from orders.models import Order, Slot
from orders.services.machines import ORDERS
from portal.accounts.actors import Actor
from portal.common.refusals import Refusal
from portal.workflow.execute import Act, run


def ask_cancel(*, order_id: UUID, actor: Actor, reason: str) -> Order:
    """Ask the other side to cancel. Raises ``Refused`` without a reason."""

    def check(facts: OrderFacts) -> list[Refusal]:
        return (
            [] if reason.strip() else [Refusal("missing_field", "Indiquez pourquoi vous souhaitez annuler.", "reason")]
        )

    stamps = {"side": side_of(actor.role), "reason": reason.strip()}
    return run(ORDERS, order_id, actor, Act("ask_cancel", stamps, check=check))


def keep_order(*, order_id: UUID, actor: Actor) -> Order:
    """Turn the request down, or take it back."""
    return run(ORDERS, order_id, actor, Act("keep"))


@transaction.atomic
def cancel_order(*, order_id: UUID, actor: Actor) -> Order:
    """Accept the other side's request; the slot is free again."""
    order = run(ORDERS, order_id, actor, Act("cancel"))
    release_slot(order)
    return order


@transaction.atomic
def void_order(*, order_id: UUID, actor: Actor, comment: str) -> Order:
    """A validator cancels alone, for fraud. Raises ``Refused`` without a written ground."""

    def check(facts: OrderFacts) -> list[Refusal]:
        return [] if comment.strip() else [Refusal("missing_field", "Motivez l’annulation par écrit.", "comment")]

    order = run(ORDERS, order_id, actor, Act("void", {"comment": comment.strip()}, check=check))
    release_slot(order)
    return order


def release_slot(order: Order) -> None:
    """Free the funding slot held by an order that has just left its live states (its lock is held)."""
    Slot.objects.filter(pk=order.slot_id, holder=order).update(holder=None, held_since=None)
