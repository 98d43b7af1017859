"""Reading orders: every list is scoped to the actor; another tenant's order does not exist."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404

from orders.domain.lifecycle import DRAFT, ISSUED, LIVE
from orders.domain.plans import Standing, standing
from orders.models import Installation, InstallationReserve, Objection, Order, Plan, PlanRevision
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION, PHARMACY_SIDE, SUPPLIER_SIDE, Role
from portal.audit.models import AuditEvent
from portal.audit.selectors import thread_events
from portal.common import clock
from portal.registry.models import Pharmacy
from portal.registry.selectors import suppliers_served

_RELATED = (
    "supplier__organisation",
    "distributor__organisation",
    "pharmacy__organisation",
    "software_version__software",
    "installation",
    "rule_set",
)


def visible_to(actor: Actor | None) -> QuerySet[Order]:
    """The orders the actor may see. A pharmacy never sees what was not issued to it.

    A distributor sees those it drafted, and only while its mandate from their supplier is in force.
    """
    orders = Order.objects.select_related(*_RELATED)
    if actor is None or actor.organisation_id is None:
        return orders.none()
    if actor.role is Role.SUPPLIER:
        return orders.filter(supplier__organisation=actor.organisation_id)
    if actor.role is Role.DISTRIBUTOR:
        served = suppliers_served(actor, clock.business_now())
        return orders.filter(distributor__organisation=actor.organisation_id, supplier__in=served)
    if actor.role in PHARMACY_SIDE:
        return orders.filter(pharmacy__organisation=actor.organisation_id).exclude(state=DRAFT).exclude(issued_at=None)
    return orders if actor.role in ADMINISTRATION else orders.none()


def drafts(actor: Actor) -> QuerySet[Order]:
    """The drafts that the actor may issue; a pharmacy and the administration see none."""
    return visible_to(actor).filter(state=DRAFT) if actor.role in SUPPLIER_SIDE else Order.objects.none()


def issued_by(job: str) -> int:
    """How many orders a job has issued."""
    return AuditEvent.objects.filter(object_type=Order._meta.db_table, verb="issue", data__job=job).count()


def get_order(actor: Actor, pk: UUID) -> Order:
    """One visible order. Raises Http404 for a stranger."""
    order = visible_to(actor).filter(pk=pk).first()
    if order is None:
        raise Http404
    return order


def get_installation(actor: Actor, order_pk: UUID) -> Installation:
    """The installation of a visible order. Raises Http404 for a stranger or before the signature."""
    order = get_order(actor, order_pk)
    installation = Installation.objects.select_related(*(f"order__{name}" for name in _RELATED)).filter(order=order)
    found = installation.first()
    if found is None:
        raise Http404
    return found


def awaiting_signature(actor: Actor) -> QuerySet[Order]:
    """The orders that the actor may see and that wait for the titulaire's signature."""
    return visible_to(actor).filter(state=ISSUED)


def ties_of(actor: Actor, order: Order) -> list[Order]:
    """The orders that this one replaced or took over, or that did so to it, as far as the actor may see them."""
    return list(visible_to(actor).filter(Q(pk=order.origin_id) | Q(origin=order.pk)).order_by("created_at", "number"))


def objections_about(order: Order) -> list[Objection]:
    """The rights to object that concern an order: as the replaced one or as the one that took its place."""
    return list(
        Objection.objects.filter(Q(order=order.pk) | Q(by=order.pk))
        .select_related("order__supplier", "order__distributor", "order__pharmacy")
        .order_by("pk")
    )


def with_objections(orders: QuerySet[Order]) -> QuerySet[Order]:
    """The orders, each with ``has_objection``: whether there is anything to read about it there."""
    about = Objection.objects.filter(Q(order=OuterRef("pk")) | Q(by=OuterRef("pk")))
    return orders.annotate(has_objection=Exists(about))


def objection_to(order: Order) -> Objection | None:
    """The right to object to the replacement of an order, if there was one."""
    related = ("order__supplier", "order__distributor", "order__pharmacy", "by__supplier", "raised_by")
    return Objection.objects.filter(order=order.pk).select_related(*related).first()


def raised_objections(actor: Actor) -> QuerySet[Objection]:
    """Every objection raised, those to settle first; for the administration alone."""
    if actor.role not in ADMINISTRATION:
        return Objection.objects.none()
    related = ("order__supplier", "order__pharmacy", "by__supplier")
    raised = Objection.objects.filter(raised_at__isnull=False).select_related(*related)
    return raised.order_by(F("settled_at").desc(nulls_first=True), "raised_at", "pk")


def has_rival(pharmacy: Pharmacy, programme: str, order: Order | None = None) -> bool:
    """Whether another order holds the pharmacy's slot (only that may be told to a supplier, never who)."""
    lineage = Q(slot__lineage=pharmacy.lineage_id) | Q(slot__merged_into__lineage=pharmacy.lineage_id)
    live = Order.objects.filter(lineage, programme=programme, state__in=LIVE)
    return live.exclude(pk=order.pk).exists() if order else live.exists()


def reserves_of(order: Order) -> list[InstallationReserve]:
    """The reserves of the order's installation; none are read before anything is installed."""
    installation = getattr(order, "installation", None)
    return list(installation.reserves.all()) if installation is not None and installation.installed_at else []


def timeline(order: Order) -> QuerySet[AuditEvent]:
    """Every event of the order's life, oldest first: order, installation, VA."""
    return thread_events(str(order.pk))


def plans_visible_to(actor: Actor) -> QuerySet[Plan]:
    """The plans the actor may read; a distributor reads those in which it took part, while its mandate runs."""
    plans = Plan.objects.select_related("supplier", "pharmacy", "software_version__software")
    if actor.role is Role.SUPPLIER:
        return plans.filter(supplier__organisation=actor.tenant)
    if actor.role is Role.DISTRIBUTOR:
        mine = PlanRevision.objects.filter(organisation=actor.tenant).values("plan")
        return plans.filter(pk__in=mine, supplier__in=suppliers_served(actor, clock.business_now()))
    if actor.role in PHARMACY_SIDE:
        return plans.filter(pharmacy__organisation=actor.tenant)
    return plans if actor.role in ADMINISTRATION else plans.none()


def get_plan(actor: Actor, pk: UUID) -> Plan:
    """One plan that the actor may read. Raises Http404 for a stranger."""
    plan = plans_visible_to(actor).filter(pk=pk).first()
    if plan is None:
        raise Http404
    return plan


@dataclass(frozen=True)
class PlanLine:
    """A plan with where it stands and its last dates."""

    plan: Plan
    standing: Standing
    dates: PlanRevision | None


def plan_lines(plans: Iterable[Plan]) -> list[PlanLine]:
    """The plans of a page; one query for all their revisions."""
    known = list(plans)
    revisions: dict[UUID, list[PlanRevision]] = {plan.pk: [] for plan in known}
    for revision in PlanRevision.objects.filter(plan__in=known).order_by("plan", "number"):
        revisions[revision.plan_id].append(revision)
    return [plan_line(plan, revisions[plan.pk]) for plan in known]


def plan_line(plan: Plan, revisions: Sequence[PlanRevision]) -> PlanLine:
    """One plan, its revisions read already, oldest first."""
    dates = next((revision for revision in reversed(revisions) if revision.order_on), None)
    return PlanLine(plan, standing([revision.as_step() for revision in revisions]), dates)


def revisions_of(plan: Plan) -> list[PlanRevision]:
    """Everything said about a plan, oldest first."""
    return list(plan.revisions.select_related("author", "organisation", "answers"))


def orders_of_plan(plan: Plan) -> QuerySet[Order]:
    """The orders of the plan's pharmacy and software that are drafted, to sign, or signed; the last one first."""
    under_way = (DRAFT, ISSUED, *LIVE)
    return Order.objects.filter(
        programme=plan.programme_id,
        pharmacy=plan.pharmacy_id,
        software_version=plan.software_version_id,
        state__in=under_way,
    ).order_by("-created_at", "number")


def equipped_by(supplier_id: UUID) -> list[tuple[str, datetime, datetime | None]]:
    """The pharmacies that a supplier equips: FINESS, when its order was signed, when that order ended (None: it holds).

    One row a signed order. A realised order holds until it is replaced.
    """
    rows = Order.objects.filter(supplier=supplier_id).order_by("pharmacy__finess", "signed_at")
    found = rows.values_list("pharmacy__finess", "signed_at", "ended_at")
    return [(finess, signed_at, ended_at) for finess, signed_at, ended_at in found if signed_at is not None]


def equipped_spans(supplier_id: UUID | None = None, pharmacies: Iterable[UUID] = ()) -> QuerySet[Order]:
    """The signed orders of a supplier, or of every one, for these pharmacies; all of them where none is named.

    Their ``realised_at`` is the instant of the VA, ``ended_at`` that at which the order ended.
    """
    orders = Order.objects.exclude(signed_at=None).order_by("pharmacy", "signed_at")
    if supplier_id is not None:
        orders = orders.filter(supplier=supplier_id)
    wanted = list(pharmacies)
    return orders.filter(pharmacy__in=wanted) if wanted else orders
