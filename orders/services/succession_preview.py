"""What an event of a pharmacy's life would do, read without writing anything."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from orders.domain.lifecycle import DRAFT, ISSUED
from orders.models import Order, Slot
from orders.services.succession import under_way
from portal.common import clock
from portal.common.refusals import Refusal
from portal.registry.domain.succession import CLOSURE
from portal.registry.models import Pharmacy
from portal.registry.selectors import titulaires_of
from portal.registry.services.succession import SuccessionEvent, refusals_to_record


@dataclass(frozen=True)
class SuccessionPreview:
    """``handed_over``: proposed to the successor; ``lapsing``: ended by a closure; ``dropped``: drafts and unsigned
    orders that nobody can sign any more. ``former_rights`` and ``successor_rights``: who holds a right on each side."""

    refusals: list[Refusal]
    handed_over: list[Order]
    lapsing: list[Order]
    dropped: list[Order]
    former_rights: list[Order]
    successor_rights: list[Order]
    titulaire_known: bool


def preview_succession(event: SuccessionEvent) -> SuccessionPreview:
    """The effects of an event, were it recorded now."""
    old = Pharmacy.objects.get(pk=event.pharmacy_id)
    new = Pharmacy.objects.get(pk=event.successor_id) if event.successor_id else None
    signed = under_way(old.pk)
    closes = event.kind == CLOSURE
    unsigned = Order.objects.filter(pharmacy=old, state__in=[DRAFT, ISSUED]).select_related("supplier")
    return SuccessionPreview(
        refusals=refusals_to_record(event),
        handed_over=[] if closes else signed,
        lapsing=signed if closes else [],
        dropped=list(unsigned.order_by("number")),
        former_rights=_rights(old),
        successor_rights=_rights(new) if new is not None and new.lineage_id != old.lineage_id else [],
        titulaire_known=new is None or titulaires_of(new, clock.business_now()).exists(),
    )


def _rights(pharmacy: Pharmacy) -> list[Order]:
    """The orders that hold a right of the pharmacy's lineage."""
    family = Q(lineage=pharmacy.lineage_id) | Q(merged_into__lineage=pharmacy.lineage_id)
    slots = Slot.objects.filter(family, holder__isnull=False).select_related("holder__supplier")
    return [slot.holder for slot in slots.order_by("pk") if slot.holder]
