"""Recording what became of a pharmacy, and bringing the two lineages together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION
from portal.accounts.selectors import person
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.refusals import Refusal, Refused, refuse
from portal.registry.domain.succession import SuccessionFacts, check_succession
from portal.registry.models import Pharmacy, Succession


@dataclass(frozen=True)
class SuccessionEvent:
    """What is said of a pharmacy: the event, who goes on (by key; None for a closure), since when, on which source."""

    pharmacy_id: UUID
    kind: str
    successor_id: UUID | None
    effective_on: date
    source: str


@transaction.atomic
def record_event(*, event: SuccessionEvent, actor: Actor) -> Succession:
    """Write the event, close the old FINESS and give both pharmacies one lineage, the successor's.

    Raises ``Refused``: an event already recorded, a closed or identical successor, a date to come.
    """
    if actor.role not in ADMINISTRATION:
        raise refuse("not_allowed", "C’est à l’administration d’enregistrer cet événement.")
    keys = [key for key in (event.pharmacy_id, event.successor_id) if key]
    locked = {p.pk: p for p in Pharmacy.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    old, new = locked[event.pharmacy_id], locked.get(event.successor_id) if event.successor_id else None
    if refusals := check_succession(_facts(event, old, new)):
        raise Refused(refusals)
    recorded = Succession.objects.create(
        kind=event.kind,
        pharmacy=old,
        successor=new,
        effective_on=event.effective_on,
        source=event.source.strip(),
        recorded_at=clock.business_now(),
        recorded_by=person(actor),
    )
    if old.closed_on is None:
        old.closed_on = max(event.effective_on, old.opened_on or event.effective_on)
        old.save(update_fields=["closed_on"])
    if new is not None:
        Pharmacy.objects.filter(lineage=old.lineage_id).update(lineage=new.lineage_id)
    return recorded


def refusals_to_record(event: SuccessionEvent) -> list[Refusal]:
    """Why the event cannot be recorded as it stands: what its preview shows first."""
    keys = [key for key in (event.pharmacy_id, event.successor_id) if key]
    found = Pharmacy.objects.in_bulk(keys)
    old = found[event.pharmacy_id]
    return check_succession(_facts(event, old, found.get(event.successor_id) if event.successor_id else None))


def _facts(event: SuccessionEvent, old: Pharmacy, new: Pharmacy | None) -> SuccessionFacts:
    return SuccessionFacts(
        kind=event.kind,
        same=new is not None and new.pk == old.pk,
        already_succeeded=Succession.objects.filter(pharmacy=old).exists(),
        has_successor=new is not None,
        successor_closed=new is not None and new.closed_on is not None,
        successor_is_descendant=new is not None and Succession.objects.filter(pharmacy=new).exists(),
        effective_on=event.effective_on,
        today=paris_date(clock.business_now()),
    )
