"""The funding slot: the one Prestation of a pharmacy lineage, which only one order may hold."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q, Subquery
from django.db.models.functions import Coalesce

from orders.domain.lifecycle import LIVE

LIVE_SQL = ", ".join(f"'{state}'" for state in LIVE)


class SlotQuerySet(models.QuerySet["Slot"]):
    """Slots and their families: those that mergers of pharmacies have brought together."""

    def family_of(self, slot_id: int | Subquery) -> SlotQuerySet:
        """The slot that heads the family of ``slot_id`` and every slot merged into it."""
        head = Slot.objects.filter(pk=slot_id).values(head=Coalesce("merged_into_id", "pk"))[:1]
        return self.filter(Q(pk=Subquery(head)) | Q(merged_into=Subquery(head)))


class Slot(models.Model):
    """The one Prestation of a pharmacy lineage under a programme, and the order that holds it."""

    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="slots")
    lineage = models.ForeignKey("registry.Lineage", on_delete=models.PROTECT, related_name="slots")
    holder = models.OneToOneField(
        "orders.Order", null=True, blank=True, on_delete=models.PROTECT, related_name="held_slot"
    )
    held_since = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged",
        help_text="slot of the pharmacy that took this one over: both keep what they lawfully hold",
    )

    objects = SlotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="slot_not_its_own_heir", condition=~Q(merged_into=F("id"))),
            models.UniqueConstraint(name="slot_once", fields=["programme", "lineage"]),
            models.CheckConstraint(
                name="slot_pair",
                condition=Q(holder=None, held_since=None) | Q(holder__isnull=False, held_since__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="holder_is_live",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                func=f"""
                    IF NEW.holder_id IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM orders_slot s JOIN orders_order o ON o.id = s.holder_id
                        WHERE s.id = NEW.id AND o.slot_id = s.id AND o.state IN ({LIVE_SQL})
                    ) AND EXISTS (
                        SELECT 1 FROM orders_slot s WHERE s.id = NEW.id AND s.holder_id IS NOT NULL
                    ) THEN
                        RAISE EXCEPTION 'slot % is held by an order that is not live', NEW.id;
                    END IF;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="live_keeps_its_slot",
                when=pgtrigger.After,
                operation=pgtrigger.Update | pgtrigger.Delete,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Condition("OLD.holder_id IS NOT NULL"),
                func=f"""
                    IF EXISTS (SELECT 1 FROM orders_order o WHERE o.id = OLD.holder_id AND o.state IN ({LIVE_SQL}))
                    AND NOT EXISTS (SELECT 1 FROM orders_slot s WHERE s.holder_id = OLD.holder_id) THEN
                        RAISE EXCEPTION 'slot % was taken from an order that is still live', OLD.id;
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.lineage_id}"
