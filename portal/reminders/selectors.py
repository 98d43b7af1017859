"""Reading deadlines, always computed anew and scoped to the actor; calendar links by their token."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from attestations.models import Reserve
from orders.domain.deadlines import Deadline, Kind, OrderDates, order_deadlines, supplier_deadlines
from orders.models import InstallationReserve, Order
from orders.selectors import visible_to
from orders.services.facts import Reading, order_course
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION, Role
from portal.programmes.models import Programme
from portal.registry.models import Supplier
from portal.reminders.models import CalendarFeed, TrackedDeadline
from portal.reminders.services.facts import OPEN, Surroundings, read_orders, read_suppliers, va_reserve, works_reserve
from portal.reminders.services.feeds import hash_of

SHOWN_CANCELLED = timedelta(days=30)
"""How long a calendar still says that a deadline is no more, so that every device has heard it."""
_NO_HASH = "0" * 64


@dataclass(frozen=True)
class Due:
    """One deadline with what it is about: an order, or a supplier for its deposits."""

    deadline: Deadline
    order_id: UUID | None = None
    number: str = ""
    pharmacy_name: str = ""
    supplier_name: str = ""


@dataclass(frozen=True)
class Tracked:
    """What the planner knows of a deadline, as a calendar needs it."""

    id: UUID
    kind: Kind
    due_at: datetime
    sequence: int
    moved_at: datetime
    ended_at: datetime | None
    number: str
    pharmacy_name: str


def due_for(actor: Actor, now: datetime, kind: Kind | None = None) -> list[Due]:
    """Everything due that the actor may see, soonest first; seven queries whatever the number of orders."""
    around = Surroundings(now)
    found: list[Due] = []
    for row in read_orders(visible_to(actor).filter(state__in=OPEN).order_by("number"), around):
        for deadline in order_deadlines(row.dates, around.book(row.programme), now):
            found.append(Due(deadline, row.pk, row.number, row.pharmacy_name))
    found += _deposits(actor, around)
    kept = found if kind is None else [due for due in found if due.deadline.kind is kind]
    return sorted(kept, key=lambda due: (due.deadline.due_at, due.deadline.kind, due.deadline.subject))


def _deposits(actor: Actor, around: Surroundings) -> list[Due]:
    suppliers = _suppliers_of(actor)
    if suppliers is None:
        return []
    return [
        Due(deadline, supplier_name=supplier.name)
        for programme in Programme.objects.order_by("pk").values_list("pk", flat=True)
        for supplier, dates in read_suppliers(suppliers, str(programme))
        for deadline in supplier_deadlines(dates, around.book(str(programme)).at(around.now), around.now)
    ]


def _suppliers_of(actor: Actor) -> QuerySet[Supplier] | None:
    if actor.role in ADMINISTRATION:
        return Supplier.objects.all()
    return Supplier.objects.filter(organisation=actor.tenant) if actor.role is Role.SUPPLIER else None


def orders_of(found: list[Due], actor: Actor) -> dict[UUID, Order]:
    """The orders that these deadlines are about, for their names."""
    keys = {due.order_id for due in found if due.order_id}
    orders = visible_to(actor).filter(pk__in=keys).select_related(None).select_related("pharmacy", "supplier")
    return {order.pk: order for order in orders.order_by("pk")}


def due_of_order(
    reading: Reading, reserves: Sequence[InstallationReserve], va_reserves: Sequence[Reserve], actor: Actor
) -> list[Deadline]:
    """What is due on the order of a page, from what the page has read already."""
    order, works = reading.order, reading.installation
    dates = OrderDates(
        subject=str(order.pk),
        course=order_course(order, actor, reading),
        signed_at=order.signed_at,
        installation_state=str(works.state) if works else "",
        planned_for=works.planned_for if works else None,
        va_state=works.va_state if works else "",
        reserves=tuple(works_reserve(r.pk, r.raised_at, r.due_on) for r in reserves if r.lifted_at is None),
        va_reserves=tuple(va_reserve(r.pk, r.raised_at, r.due_on, r.lifted_at) for r in va_reserves),
    )
    return order_deadlines(dates, reading.book, reading.now)


def tracked_for(actor: Actor, now: datetime) -> list[Tracked]:
    """What the planner knows of the deadlines that the actor may see, those that ended not long ago included."""
    mine = Q(order__in=visible_to(actor).values("pk"))
    suppliers = _suppliers_of(actor)
    if suppliers is not None:
        mine |= Q(supplier__in=suppliers.order_by().values("pk"))
    recent = Q(ended_at=None) | Q(ended_at__gt=now - SHOWN_CANCELLED)
    columns = ("kind", "due_at", "sequence", "moved_at", "ended_at", "order__number", "order__pharmacy__name")
    rows = TrackedDeadline.objects.filter(mine, recent).order_by("pk").values_list("pk", *columns)
    return [
        Tracked(key, Kind(kind), due_at, sequence, moved_at, ended_at, number or "", name or "")
        for key, kind, due_at, sequence, moved_at, ended_at, number, name in rows
    ]


def feed_of_token(token: str) -> CalendarFeed | None:
    """The open feed of a token, compared in constant time; None for a wrong or revoked one."""
    digest = hash_of(token)
    feed = CalendarFeed.objects.filter(link_sha256=digest, revoked_at=None).first()
    same = hmac.compare_digest(feed.link_sha256 if feed else _NO_HASH, digest)
    return feed if same else None


def feed_of(actor: Actor) -> CalendarFeed | None:
    """The open feed of the actor's organisation."""
    feeds = CalendarFeed.objects.filter(organisation=actor.tenant, revoked_at=None)
    return feeds.select_related("created_by").first()


def reader_of(feed: CalendarFeed) -> Actor:
    """Whom a feed reads as: its organisation in the role of its maker, no person."""
    return Actor(role=Role(feed.role), organisation_id=feed.organisation_id)
