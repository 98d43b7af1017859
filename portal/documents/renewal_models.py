"""Later files of sealed documents: the time-stamps renewed before their certificates end."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from portal.triggers import never_truncated


class Renewal(models.Model):
    """A later file of a sealed document, append-only: the file before it, whole, and a fresh archive time-stamp.

    ``good_until`` is the end of the certificate of that time-stamp, ``made_at`` the renewal, both machine time. The
    first file stays: it is what was shown and signed. Erasure: the row names nobody; the file holds what the first one
    holds, and goes with it.
    """

    id = models.BigAutoField(primary_key=True)
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="renewals")
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveIntegerField()
    good_until = models.DateTimeField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="renewal_whole",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$", size__gt=0, good_until__gt=F("made_at")),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.made_at:%Y-%m-%d}"
