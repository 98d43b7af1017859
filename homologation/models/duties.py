"""Who of a pharmacy has read the duties of those who call INSi."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.triggers import append_only, never_truncated


class DutyReading(models.Model):
    """A person says that they have read the duties, in the words whose hash is ``sha256``. Once each. Append-only.

    Business time. The person is named by their id: erasing them empties their account, the row stays as proof.
    """

    pharmacy = models.ForeignKey("registry.Pharmacy", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pharmacy", "pk"]
        constraints = [
            models.UniqueConstraint(name="duty_reading_once", fields=["pharmacy", "by", "sha256"]),
            models.CheckConstraint(name="duty_reading_sha256", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
        ]
        triggers = [append_only(), never_truncated()]

    def __str__(self) -> str:
        return f"{self.pharmacy_id} {self.by_id}"
