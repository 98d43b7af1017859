"""The right of the supplier whose order was replaced to object, where it had begun the works."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from orders.models.orders import Order
from portal.triggers import frozen_when, never_deleted

OUTCOMES = {"rejected": "Rejetée : le remplacement tient", "upheld": "Reçue : la commande remplacée est rétablie"}


class Objection(models.Model):
    """One replaced order: until when its supplier may object, what it said, and how the administration settled it.

    ``until``: first instant too late (business time). A row exists only where the right does.
    """

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="objection")
    by = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+", help_text="the order that took its place")
    until = models.DateTimeField()
    raised_at = models.DateTimeField(null=True, blank=True)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ground = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=10, blank=True, choices=list(OUTCOMES.items()))
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="objection_raised_pair",
                condition=Q(raised_at=None, raised_by=None, ground="")
                | Q(raised_at__isnull=False, raised_at__lt=F("until"), raised_by__isnull=False) & ~Q(ground=""),
            ),
            models.CheckConstraint(
                name="objection_settled_pair",
                condition=Q(settled_at=None, settled_by=None, outcome="", answer="")
                | Q(raised_at__isnull=False, settled_at__isnull=False, settled_at__gte=F("raised_at"))
                & Q(settled_by__isnull=False, outcome__in=list(OUTCOMES))
                & ~Q(answer=""),
            ),
            models.CheckConstraint(
                name="objection_settled_by_another", condition=Q(settled_by=None) | ~Q(settled_by=F("raised_by"))
            ),
        ]
        triggers = [
            frozen_when("identity_frozen", "TRUE", ("order_id", "by_id", "until")),
            frozen_when("ground_final", "OLD.raised_at IS NOT NULL", ("raised_at", "raised_by_id", "ground")),
            frozen_when(
                "outcome_final", "OLD.settled_at IS NOT NULL", ("settled_at", "settled_by_id", "outcome", "answer")
            ),
            never_deleted(),
        ]

    def __str__(self) -> str:
        return f"Objection {self.order_id}"
