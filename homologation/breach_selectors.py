"""Reading the breach register and the steps: a pharmacy sees its own, nobody else any."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404

from homologation.models import Breach, BreachEntry, BreachNotification, BreachReceipt, StepEvent
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import PHARMACY_SIDE
from portal.audit.models import AuditEvent
from portal.audit.selectors import thread_events
from portal.common.clock import end_of_paris_day, start_of_paris_day
from portal.registry.models import Pharmacy
from portal.registry.selectors import pharmacies_of


def pharmacy_of(actor: Actor) -> Pharmacy:
    """The pharmacy of the actor. Raises Http404 for whoever has none."""
    pharmacy = pharmacies_of(actor).first()
    if pharmacy is None:
        raise Http404
    return pharmacy


def breaches_of(actor: Actor) -> QuerySet[Breach]:
    """The breaches and drills of the actor's pharmacy, newest first."""
    found = Breach.objects.select_related("pharmacy", "declared_by", "delay_by", "case").order_by(
        "-declared_at", "-number"
    )
    return found.filter(pharmacy__organisation=actor.tenant) if actor.role in PHARMACY_SIDE else found.none()


def in_period(
    breaches: QuerySet[Breach], since: date | None, until: date | None, *, drills: bool = False
) -> QuerySet[Breach]:
    """Those declared on these days of Paris, both included: real ones, or drills alone."""
    asked = Q(drill=drills)
    if since:
        asked &= Q(declared_at__gte=start_of_paris_day(since))
    if until:
        asked &= Q(declared_at__lt=end_of_paris_day(until))
    return breaches.filter(asked)


def get_breach(actor: Actor, pk: UUID) -> Breach:
    """One visible breach. Raises Http404 for a stranger."""
    breach = breaches_of(actor).filter(pk=pk).first()
    if breach is None:
        raise Http404
    return breach


def notifications_of(breach: Breach) -> list[BreachNotification]:
    """What was sent, in order, each with the receipts of the CNIL."""
    sent = BreachNotification.objects.filter(breach=breach).order_by("number")
    return list(sent.prefetch_related(Prefetch("receipts", BreachReceipt.objects.order_by("pk"))))


def get_receipt(breach: Breach, pk: int) -> BreachReceipt:
    """One receipt of a visible breach. Raises Http404 for another one."""
    found = BreachReceipt.objects.filter(notification__breach=breach, pk=pk).first()
    if found is None:
        raise Http404
    return found


def entries_of(breach: Breach) -> list[BreachEntry]:
    """Notes, descriptions and awareness, in order."""
    return list(BreachEntry.objects.filter(breach=breach).select_related("by").order_by("pk"))


def acts_on(breach: Breach) -> QuerySet[AuditEvent]:
    """Every act, in order."""
    return thread_events(str(breach.pk))


def step_events(pharmacy: Pharmacy) -> dict[str, list[StepEvent]]:
    """What was said of each step, newest first, by its key."""
    found: dict[str, list[StepEvent]] = {}
    for event in StepEvent.objects.filter(pharmacy=pharmacy).select_related("by").order_by("step", "-number"):
        found.setdefault(event.step, []).append(event)
    return found
