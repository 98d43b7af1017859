"""What follows an act in the other applications; each is safe to repeat."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from attestations.services.prepare import void_of_order
from orders.services.deadlines import affirm_dependents
from orders.services.installation import abort_of_order
from portal.registry.domain.referencing import Status


def close_dossier(payload: dict[str, Any]) -> None:
    """An order left its live states: its open VA and installation end with it."""
    order_id = UUID(payload["id"])
    void_of_order(order_id)
    abort_of_order(order_id)


def on_referencing_changed(payload: dict[str, Any]) -> None:
    """A version was référencé: its conditional orders are affirmed."""
    if payload["status"] == Status.REFERENCED:
        affirm_dependents(payload["programme"], UUID(payload["version"]))
