"""Who came by Pro Santé Connect asks for a role in a pharmacy; an administrator, or a titulaire, decides."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.accounts.domain.roles import ROLE_LABELS, Role
from portal.registry.models.pharmacies import Pharmacy
from portal.triggers import frozen_when, never_deleted

ASKABLE = {role.value: ROLE_LABELS[role] for role in (Role.TITULAIRE, Role.ADJOINT, Role.PREPARATEUR)}
GRANTED, REFUSED = "granted", "refused"


class AttachmentRequest(models.Model):
    """One request, and its answer. It gives no right by itself.

    ``declared``: the activity as Pro Santé Connect stated it, empty where the person typed the FINESS. ``asked_at``,
    ``decided_at``: business time. Decisions are journalled without the person's name. Erasing a person erases
    ``contact_email`` and ``declared`` with their row's names; an answer is otherwise final.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attachment_requests")
    pharmacy = models.ForeignKey(Pharmacy, on_delete=models.PROTECT, related_name="attachment_requests")
    role = models.CharField(max_length=20, choices=list(ASKABLE.items()))
    declared = models.JSONField(default=dict)
    contact_email = models.EmailField(blank=True)
    asked_at = models.DateTimeField()
    decision = models.CharField(
        max_length=10, blank=True, choices=[(GRANTED, "Rattachement accordé"), (REFUSED, "Rattachement refusé")]
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(name="attachment_request_role", condition=Q(role__in=list(ASKABLE))),
            models.CheckConstraint(
                name="attachment_request_decided",
                condition=Q(decision="", decided_at=None, decided_by=None, reason="")
                | Q(decision=GRANTED, decided_at__isnull=False, decided_by__isnull=False)
                | (Q(decision=REFUSED, decided_at__isnull=False, decided_by__isnull=False) & ~Q(reason="")),
            ),
            models.UniqueConstraint(
                name="attachment_request_one_open", fields=["user", "pharmacy"], condition=Q(decision="")
            ),
        ]
        triggers = [
            never_deleted(),
            frozen_when(
                "decided_is_final", "OLD.decision <> ''", ["decision", "decided_at", "decided_by_id", "reason"]
            ),
            frozen_when("asked_is_final", "TRUE", ["user_id", "pharmacy_id", "role", "asked_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.pharmacy_id}"
