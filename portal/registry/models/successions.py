"""What became of a pharmacy: sold, moved, merged, closed. Append-only; the lineage says who carries the right on."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.registry.domain.succession import KINDS
from portal.registry.models.pharmacies import Pharmacy
from portal.triggers import append_only, never_truncated


class Succession(models.Model):
    """One event of a pharmacy's life, recorded by a person of the administration on a source.

    ``successor``: the FINESS that goes on (None for a closure). ``effective_on``: the day in the world; ``recorded_at``
    business time.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10, choices=list(KINDS.items()))
    pharmacy = models.ForeignKey(Pharmacy, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(
        Pharmacy, null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors"
    )
    effective_on = models.DateField()
    source = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["effective_on", "id"]
        constraints = [
            models.CheckConstraint(name="succession_kind_known", condition=Q(kind__in=list(KINDS))),
            models.CheckConstraint(
                name="succession_successor_pair",
                condition=Q(kind="closure", successor=None) | ~Q(kind="closure") & Q(successor__isnull=False),
            ),
            models.CheckConstraint(name="succession_two_pharmacies", condition=~Q(successor=F("pharmacy"))),
            models.UniqueConstraint(name="succession_once", fields=["pharmacy"]),
        ]
        triggers = [append_only(), never_truncated()]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pharmacy_id}"
