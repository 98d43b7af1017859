"""An activity log of the supplier, with a line to correct."""

from __future__ import annotations

from indicators.models import Deposit
from indicators.services.background import read_waiting
from indicators.services.deposit import deposit_log
from orders.models import Order
from portal.accounts.actors import Actor
from tests.unit.indicators.logs import event, log

DEPOSITED = "novembre.csv"


def make_deposit(finess: str, actor: Actor) -> Deposit:
    """Read by the worker; of the pharmacy of this signed order."""
    order = Order.objects.exclude(signed_at=None).filter(pharmacy__finess=finess).latest("created_at")
    cells = {"finess": finess, "occurred_at": "2022-11-02T09:00:00+01:00"}
    content = log(event(1, **cells), event(2, **cells, apcv=""))
    received = deposit_log(
        supplier=order.supplier, version=order.software_version, name=DEPOSITED, content=[content], actor=actor
    )
    read_waiting(order.supplier_id)
    received.deposit.refresh_from_db()
    return received.deposit
