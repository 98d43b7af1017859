"""The secret address under which an organisation's deadlines can be read by a calendar."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.accounts.domain.roles import PHARMACY_SIDE, SUPPLIER_SIDE
from portal.triggers import frozen_when, never_deleted

READERS = tuple(sorted(role.value for role in SUPPLIER_SIDE | PHARMACY_SIDE))


class CalendarFeed(models.Model):
    """One secret link of an organisation, read in ``role``; only the hash of its token is kept. Machine time."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="calendar_feeds")
    role = models.CharField(max_length=20, choices=[(value, value) for value in READERS])
    link_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="feed_one_open", fields=["organisation"], condition=Q(revoked_at=None)),
            models.CheckConstraint(name="feed_role_known", condition=Q(role__in=READERS)),
            models.CheckConstraint(name="feed_hash_form", condition=Q(link_sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(
                name="feed_revoked_pair",
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False, revoked_at__gte=F("created_at")),
            ),
        ]
        triggers = [
            frozen_when(
                "secret_frozen", "TRUE", ("organisation_id", "role", "link_sha256", "created_at", "created_by_id")
            ),
            frozen_when("revoked_is_final", "OLD.revoked_at IS NOT NULL", ("revoked_at", "revoked_by_id")),
            never_deleted(),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} ({self.role})"
