"""What a VA tells the order below it: the facts that travel down by call."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from orders.models import Installation, Order
from orders.services.machines import INSTALLATIONS, ORDERS
from portal.accounts.actors import Actor
from portal.workflow.execute import Act, run


def note_va_state(*, order_id: UUID, state: str, signed_at: datetime | None = None) -> None:
    """Keep the last state of the VA and when it was signed beside the installation, for boards and rules."""
    Installation.objects.filter(order=order_id).update(va_state=state, va_signed_at=signed_at)


@transaction.atomic
def record_va(*, order_id: UUID, signed_at: datetime) -> Order:
    """The VA is wholly signed: the installation is validated and the order realised."""
    installation = Installation.objects.get(order=order_id)
    note_va_state(order_id=order_id, state="signed", signed_at=signed_at)
    run(INSTALLATIONS, installation.pk, Actor.system(), Act("validate"))
    return run(ORDERS, order_id, Actor.system(), Act("realise"))
