"""Issuing an order: from here on it is frozen, has a document, and waits for the titulaire."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from orders.domain.effects import EFFECTS, Signing
from orders.domain.limits import link_expiry
from orders.models import Order
from orders.services.documents import request_order_document
from orders.services.facts import OBJECT
from orders.services.machines import ORDERS
from portal.accounts.actors import Actor
from portal.common import clock
from portal.documents.selectors import latest
from portal.documents.services.void import void_document
from portal.programmes.selectors import rules_of, version_for
from portal.registry.domain.referencing import status_at
from portal.registry.selectors import history, referencing_number
from portal.workflow.execute import Act, lock, run


@transaction.atomic
def issue_order(*, order_id: UUID, actor: Actor, expected_version: int | None = None, job: str = "") -> Order:
    """Freeze the order under the rules of the day and ask for its PDF. Raises ``Refused`` with every fault.

    ``job``: the key of the job that issues many.
    """
    now = clock.business_now()
    order = lock(ORDERS, order_id)
    rule_set = version_for(order.programme_id, now, now)
    stamps = {
        "expires_at": link_expiry(now, rules_of(rule_set)),
        "rule_set_id": rule_set.pk,
        "referencing_number": number_at(order, now),
    }
    data = {"job": job} if job else {}
    order = run(ORDERS, order_id, actor, Act("issue", stamps, expected_version=expected_version, data=data))
    request_order_document(order, kind="order")
    return order


def number_at(order: Order, now: datetime) -> str:
    """The numéro unique that an order issued at ``now`` bears: empty while its software may only be ordered under
    condition (S, ⚠ of the form)."""
    status = status_at(history(order.programme_id, order.software_version_id), now, now)
    if EFFECTS[status].signing is not Signing.FIRM:
        return ""
    return referencing_number(order.programme_id, order.software_version_id)


@transaction.atomic
def withdraw_order(*, order_id: UUID, actor: Actor) -> Order:
    """Take an unsigned order back to draft; its PDF is void and kept."""
    order = run(ORDERS, order_id, actor, Act("withdraw"))
    document = latest("order", OBJECT, str(order.pk))
    if document is not None:
        void_document(document, at=clock.business_now(), reason="Commande reprise par le fournisseur")
    return order
