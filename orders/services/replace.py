"""Change of supplier as one signature: the new order takes the place of the old one, the slot is never free between."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from orders.domain.course import restoration
from orders.domain.facts import OrderFacts
from orders.domain.lifecycle import LIVE
from orders.domain.objection import check_objection, check_settlement, may_object, may_settle, objection_until
from orders.models import Installation, Objection, Order, Slot
from orders.services.cancel import release_slot
from orders.services.facts import order_facts
from orders.services.machines import ORDERS, lock_slot, order_parties
from orders.services.revival import revive
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import SUPPLIER_SIDE, Role
from portal.accounts.selectors import holds_role, person
from portal.audit.services import Entry, record
from portal.common import clock
from portal.common.refusals import Refusal, Refused
from portal.outbox.services.publish import publish
from portal.workflow.execute import Act, run

OBJECT = "orders_objection"
STARTED = ("in_progress", "installed", "failed")


def former_holder(order: Order, facts: OrderFacts) -> Order | None:
    """The order whose place a signature would take: the one that holds the right of the lineage, or the origin of an
    order taken over by a successor."""
    holder = facts.holder
    if holder is None or holder.is_this_order:
        return None
    return Order.objects.get(pk=holder.order_id)


def end_former(former: Order, order: Order) -> None:
    """End the order whose place ``order`` has taken, in the same transaction; the slots are locked already."""
    verb = "transfer" if order.origin_kind == "transfer" and order.origin_id == former.pk else "replace"
    run(ORDERS, former.pk, Actor.system(), Act(verb, data={"by": str(order.pk), "number": order.number}))
    if former.slot_id != order.slot_id:
        Slot.objects.filter(pk=former.slot_id, holder=former).update(holder=None, held_since=None)
    works = Installation.objects.filter(order=former).first()
    if verb == "replace" and works is not None and works.state in STARTED:
        Objection.objects.create(order=former, by=order, until=objection_until(clock.business_now()))


@transaction.atomic
def object_to(*, order_id: UUID, actor: Actor, ground: str) -> Objection:
    """The supplier of a replaced order objects, in time and with a ground. Raises ``Refused``."""
    now = clock.business_now()
    lock_slot(order_id)
    objection = _locked(order_id)
    refusals = refusals_to_object(objection, actor)
    if objection is None or refusals:
        raise Refused(refusals)
    if refusals := check_objection(now, objection.until, objection.raised_at, ground):
        raise Refused(refusals)
    objection.raised_at, objection.raised_by, objection.ground = now, person(actor), ground.strip()
    objection.save(update_fields=["raised_at", "raised_by", "ground"])
    _journal(objection, actor, "object", now)
    publish("objection.raised", {"id": str(order_id), "step": "raised"}, dedup=f"objection.raised:{order_id}")
    return objection


@transaction.atomic
def settle_objection(*, order_id: UUID, actor: Actor, outcome: str, answer: str) -> Objection:
    """A validator rejects the objection, or upholds it: the old order is then restored in the place of the new one.

    Raises ``Refused``: not a validator, nothing to settle, no written answer, a new order already realised or itself
    replaced.
    """
    now = clock.business_now()
    lock_slot(order_id)
    objection = _locked(order_id)
    refusals = refusals_to_settle(objection, actor)
    if objection is None or refusals:
        raise Refused(refusals)
    new = Order.objects.get(pk=objection.by_id)
    taken = Slot.objects.family_of(objection.order.slot_id).filter(holder__isnull=False).exclude(holder=new).exists()
    if refusals := check_settlement(outcome=outcome, answer=answer, new_state=str(new.state), engaged_elsewhere=taken):
        raise Refused(refusals)
    objection.settled_at, objection.settled_by = now, person(actor)
    objection.outcome, objection.answer = outcome, answer.strip()
    objection.save(update_fields=["settled_at", "settled_by", "outcome", "answer"])
    _journal(objection, actor, f"objection_{outcome}", now)
    if outcome == "upheld":
        _restore(objection.order, new, actor, answer)
    publish("objection.settled", {"id": str(order_id), "step": "settled"}, dedup=f"objection.settled:{order_id}")
    return objection


def _restore(old: Order, new: Order, actor: Actor, answer: str) -> None:
    if new.state in LIVE:
        release_slot(run(ORDERS, new.pk, actor, Act("void", {"comment": answer.strip(), "reason": "objection"})))
    facts = order_facts(old, Actor.system(), clock.business_now())
    revive(old.pk, restoration(facts.course, facts.now), facts.book, facts.rules.reference)


def refusals_to_object(objection: Objection | None, actor: Actor) -> list[Refusal]:
    """Why the actor may not object now (the ground apart); empty when they may."""
    now = clock.business_now()
    if objection is None:
        return [_NO_RIGHT]
    if not order_parties(objection.order, actor, now) & SUPPLIER_SIDE:
        return [Refusal("not_allowed", "C’est au fournisseur de la commande remplacée de contester son remplacement.")]
    return may_object(now, objection.until, objection.raised_at)


def may_be_objected(objection: Objection, parties: frozenset[Role]) -> bool:
    """Whether the button is shown to those who play ``parties`` towards the replaced order."""
    return bool(parties & SUPPLIER_SIDE) and not may_object(clock.business_now(), objection.until, objection.raised_at)


def may_be_settled(objection: Objection, parties: frozenset[Role]) -> bool:
    """Whether the button of the decision is shown."""
    return Role.VALIDATOR in parties and not may_settle(objection.raised_at, objection.settled_at)


def refusals_to_settle(objection: Objection | None, actor: Actor) -> list[Refusal]:
    """Why the actor may not settle the objection now (the answer apart); empty when they may."""
    now = clock.business_now()
    if actor.role is not Role.VALIDATOR or not holds_role(actor, actor.organisation_id, now):
        return [Refusal("not_allowed", "C’est à un valideur de l’administration de trancher une contestation.")]
    if objection is None:
        return [_NO_RIGHT]
    return may_settle(objection.raised_at, objection.settled_at)


_NO_RIGHT = Refusal(
    "no_objection", "Cette commande n’a pas été remplacée en cours de travaux : rien n’est à contester."
)


def _locked(order_id: UUID) -> Objection | None:
    return (
        Objection.objects.select_for_update(of=("self",))
        .select_related("order__supplier", "order__distributor", "order__pharmacy")
        .filter(order=order_id)
        .first()
    )


def _journal(objection: Objection, actor: Actor, verb: str, at: datetime) -> None:
    thread = str(objection.order_id)
    data = {"outcome": objection.outcome} if objection.outcome else {}
    record(Entry(OBJECT, str(objection.pk), verb, at, thread=thread, data=data), actor)
