"""The append-only journal: one row per act, chained by hash for each object."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.audit.triggers import append_only, never_truncated

STAMP_TRANSACTION = "NEW.xact := pg_current_xact_id()::text::bigint; RETURN NEW;"


class AuditEvent(models.Model):
    """What was done to one object, by whom, when, under which rules.

    ``thread`` groups the objects of one order's life so that its timeline is one query. ``at`` is business
    time, ``recorded_at`` machine time. ``xact`` is stamped by PostgreSQL itself: it lets the state triggers
    demand the event of the same transaction. No personal data but the person's id: it never needs erasure.
    """

    id = models.BigAutoField(primary_key=True)
    object_type = models.CharField(max_length=63)
    object_id = models.CharField(max_length=40)
    thread = models.CharField(max_length=40, blank=True)
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    verb = models.CharField(max_length=40)
    from_state = models.CharField(max_length=40, blank=True)
    to_state = models.CharField(max_length=40, blank=True)
    rule_set = models.CharField(max_length=80, blank=True)
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=32, blank=True)
    prev_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, unique=True)
    xact = models.BigIntegerField(editable=False, default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="audit_event_seq", fields=["object_type", "object_id", "seq"]),
            models.CheckConstraint(
                name="audit_event_genesis", condition=Q(seq=1, prev_hash="") | (Q(seq__gt=1) & ~Q(prev_hash=""))
            ),
        ]
        indexes = [models.Index(name="audit_event_thread", fields=["thread", "id"])]
        triggers = [
            append_only(),
            never_truncated(),
            pgtrigger.Trigger(
                name="stamp_transaction",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=STAMP_TRANSACTION,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id} #{self.seq} {self.verb}"
