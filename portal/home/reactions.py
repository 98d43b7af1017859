"""What follows an act in the other applications; each is safe to repeat."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from attestations.services.prepare import void_of_order
from attestations.services.sign import accept_late
from orders.domain.reasons import BY_DATE
from orders.models import Order
from orders.services.deadlines import ask_to_follow
from orders.services.installation import abort_of_order


def close_dossier(payload: dict[str, Any]) -> None:
    """An order left its live states: its open VA and installation end with it.

    What a date alone ended is left as it stands, for a new arrêté may bring it back whole; so is what was replaced,
    until nobody may object any more.
    """
    order = Order.objects.get(pk=payload["id"])
    if order.end_reason in BY_DATE:
        return
    void_of_order(order.pk)
    abort_of_order(order.pk)


def on_late_va(payload: dict[str, Any]) -> None:
    """A new rule set reaches a VA signed too late: it counts, and the order is realised."""
    accept_late(UUID(payload["id"]))


def on_referencing_changed(payload: dict[str, Any]) -> None:
    """The status of a version changed: its orders follow, in a job of their own since they may be thousands."""
    cause = f"{payload['version']}:{payload['event']}"
    ask_to_follow(payload["programme"], UUID(payload["version"]), cause=cause)
