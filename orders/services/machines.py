"""How orders and installations are run by the one executor."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import connection

from orders.domain import installation as installation_rules
from orders.domain import rules
from orders.domain.facts import InstallationFacts, OrderFacts
from orders.domain.lifecycle import INSTALLATION, ORDER
from orders.models import CONTENT_FIELDS, Installation, Order
from orders.services.facts import installation_facts, order_facts
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION, PHARMACY_SIDE, Role
from portal.accounts.selectors import holds_role
from portal.registry.selectors import has_mandate
from portal.workflow.execute import Machine


def order_parties(order: Order, actor: Actor, at: datetime) -> frozenset[Role]:
    """The part the actor really plays towards an order at ``at``: the relation, and the membership in force."""
    relation = order_relation(order, actor, at)
    return relation if relation and holds_role(actor, actor.organisation_id, at) else frozenset()


def order_relation(order: Order, actor: Actor, at: datetime) -> frozenset[Role]:
    """The part of the actor's organisation: supplier, mandated distributor, pharmacy, administration.

    Enough for a page, whose actor's membership was read at the start of the request; acts use ``order_parties``.
    """
    organisation = {
        Role.SUPPLIER: order.supplier.organisation_id,
        Role.DISTRIBUTOR: order.distributor.organisation_id if order.distributor else None,
    }.get(actor.role)
    if actor.role in PHARMACY_SIDE:
        organisation = order.pharmacy.organisation_id
    elif actor.role in ADMINISTRATION:
        organisation = actor.organisation_id
    if organisation is None or organisation != actor.organisation_id:
        return frozenset()
    if actor.role is Role.DISTRIBUTOR and not has_mandate(order.supplier_id, order.distributor_id, at):
        return frozenset()
    return frozenset({actor.role})


def lock_slot(order_id: UUID) -> None:
    """Every act on an order first locks the slots of its lineage: acts on one lineage happen one after the other."""
    lock_family("%s", order_id)


def lock_slot_of_installation(installation_id: UUID) -> None:
    """The same slots, found through the installation's order."""
    lock_family("(SELECT order_id FROM orders_installation WHERE id = %s)", installation_id)


# Written out, for every act begins with it: building it anew costs more than running it. See SlotQuerySet.family_of.
_FAMILY = """
    WITH head AS (
        SELECT coalesce(own.merged_into_id, own.id) AS id
        FROM orders_slot own JOIN orders_order o ON o.slot_id = own.id WHERE o.id = {order}
    )
    SELECT s.id FROM orders_slot s
    WHERE s.id = (SELECT id FROM head) OR s.merged_into_id = (SELECT id FROM head)
    ORDER BY s.id FOR UPDATE OF s
"""


def lock_family(order: str, key: UUID) -> None:
    """Lock the slots of an order's lineage, in one sequence for all; ``order``: the SQL that finds it by ``key``."""
    with connection.cursor() as cursor:
        cursor.execute(_FAMILY.format(order=order), [key])


ORDERS: Machine[Order, OrderFacts] = Machine(
    model=Order,
    lifecycle=ORDER,
    parties=order_parties,
    facts=order_facts,
    thread=lambda order: str(order.pk),
    guards={
        "issue": rules.guard_issue,
        "sign_firm": rules.guard_sign_firm,
        "sign_conditional": rules.guard_sign_conditional,
        "expire": rules.guard_expire,
        "affirm": rules.guard_affirm,
        "lapse": rules.guard_lapse,
        "redate": rules.guard_redate,
        **{verb: partial(rules.guard_revive, verb=verb) for verb in rules.REVIVALS},
        "ask_cancel": rules.guard_ask_cancel,
        "keep": rules.guard_keep,
        "cancel": rules.guard_cancel,
    },
    pre_lock=lock_slot,
    related=("supplier", "pharmacy", "software_version__software", "rule_set", "installation"),
    unread=("rule_set__content",),
    rule_set=lambda order: str(order.rule_set),
    audited=(
        *(name for name in CONTENT_FIELDS if name.startswith(("amount", "vat", "state_amount"))),
        "number",
        "supplier_id",
        "pharmacy_id",
        "software_version_id",
        "referencing_number",
        "issued_at",
        "expires_at",
        "signed_at",
        "signed_by_id",
        "counts_from",
        "conditional_until",
        "origin_kind",
        "affirmed_at",
        "realised_at",
        "ended_at",
        "end_reason",
        "cancel_asked_by",
    ),
    announces=frozenset(
        {
            "issue",
            "sign_firm",
            "sign_conditional",
            "decline",
            "expire",
            "affirm",
            "lapse",
            "ask_cancel",
            "keep",
            "cancel",
            "void",
            "realise",
            "hand_over",
            "replace",
            "transfer",
            *rules.REVIVALS,
        }
    ),
)


def _thread(installation: Installation) -> str:
    return str(installation.order_id)


INSTALLATIONS: Machine[Installation, InstallationFacts] = Machine(
    model=Installation,
    lifecycle=INSTALLATION,
    parties=lambda installation, actor, at: order_parties(installation.order, actor, at),
    facts=installation_facts,
    thread=_thread,
    pre_lock=lock_slot_of_installation,
    guards={
        "plan": installation_rules.guard_plan,
        "replan": installation_rules.guard_plan,
        "start": installation_rules.guard_firm,
        "declare": installation_rules.guard_firm,
        "fail": installation_rules.guard_live,
        "reserve": installation_rules.guard_reserve,
        "lift": installation_rules.guard_lift,
    },
    rule_set=lambda installation: str(installation.order.rule_set),
    audited=("planned_for", "started_at", "installed_at", "failed_at", "failure_cause", "mss_kind", "va_state"),
    announces=frozenset({"plan", "replan", "declare", "fail", "reserve", "lift"}),
)
