"""What follows the acts of other applications; safe to repeat."""

from __future__ import annotations

from typing import Any

from homologation.services.inspect import close_links_of
from homologation.services.open import learn_of_pharmacy
from orders.models import Order
from portal.accounts.models import Membership


def close_links(payload: dict[str, Any]) -> None:
    """Topic ``membership.ended``: the links that this person made for the pharmacy's dossiers are closed."""
    ended = Membership.objects.get(pk=payload["id"])
    close_links_of(
        organisation_id=ended.organisation_id, creator_id=ended.user_id, ended_by_id=ended.ended_by_id or ended.user_id
    )


def on_order_signed(payload: dict[str, Any]) -> None:
    """Topics ``order.sign_firm`` and ``order.sign_conditional``: a dossier opened before learns its software."""
    order = Order.objects.get(pk=payload["id"])
    learn_of_pharmacy(order.pharmacy_id, order.programme_id)
