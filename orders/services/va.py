"""What a VA tells the order below it: the facts that travel down by call."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from orders.models import Installation, Order
from orders.services.machines import INSTALLATIONS, ORDERS
from portal.accounts.actors import Actor
from portal.workflow.execute import Act, run


def note_va_state(*, order_id: UUID, state: str) -> None:
    """Keep the last state of the VA beside the installation, for boards and guards."""
    Installation.objects.filter(order=order_id).update(va_state=state)


@transaction.atomic
def record_va(*, order_id: UUID) -> Order:
    """The VA is wholly signed: the installation is validated and the order realised."""
    installation = Installation.objects.get(order=order_id)
    note_va_state(order_id=order_id, state="signed")
    run(INSTALLATIONS, installation.pk, Actor.system(), Act("validate"))
    return run(ORDERS, order_id, Actor.system(), Act("realise"))
