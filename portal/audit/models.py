"""The append-only journal: one row per act, chained by hash for each object; its daily roots; who read what."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.triggers import (
    append_only,
    deleted_only_after,
    frozen_when,
    never_changed,
    never_deleted,
    never_truncated,
)

READS_KEPT = "1 year"
"""How long it stays known who read what (CNIL: six months to a year for such logs)."""

STAMP_TRANSACTION = "NEW.xact := pg_current_xact_id()::text::bigint; RETURN NEW;"
_PUBLISHED = ("number", "day", "made_at", "count", "tree", "previous", "hash")
FOLLOWS_THE_LAST = """
    IF NOT EXISTS (
        SELECT 1 FROM audit_auditroot r
        WHERE r.number = NEW.number - 1 AND r.hash = NEW.previous AND r.day < NEW.day
    ) THEN
        RAISE EXCEPTION 'root % does not follow the last one', NEW.number;
    END IF;
    RETURN NEW;
"""


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


class AuditRoot(models.Model):
    """One day's root over the heads of every chain, chained to the root before. See ``domain.anchors``.

    ``day`` and ``made_at`` are machine time (UTC); the first is the day published, once. ``hash`` is that of the
    statement, ``tree`` the Merkle root, ``count`` the number of chains. ``signature`` and ``token`` (RFC 3161, DER)
    are over the bytes of the statement, each null until it was made and then for good. Nobody is named: it never
    needs erasure.
    """

    number = models.PositiveIntegerField(primary_key=True)
    day = models.DateField(unique=True)
    made_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    tree = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, unique=True)
    signature = models.BinaryField(null=True)
    token = models.BinaryField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                name="audit_root_genesis", condition=Q(number=1, previous="") | (Q(number__gt=1) & ~Q(previous=""))
            ),
            models.CheckConstraint(
                name="audit_root_hashes", condition=Q(hash__regex=r"^[0-9a-f]{64}$", tree__regex=r"^[0-9a-f]{64}$")
            ),
        ]
        triggers = [
            never_deleted(),
            never_truncated(),
            frozen_when("published_for_good", "TRUE", _PUBLISHED, key="number"),
            frozen_when("signed_for_good", "OLD.signature IS NOT NULL", ["signature"], key="number"),
            frozen_when("stamped_for_good", "OLD.token IS NOT NULL", ["token"], key="number"),
            pgtrigger.Trigger(
                name="follows_the_last",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.number > 1"),
                func=FOLLOWS_THE_LAST,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.hash}"


class ReadEvent(models.Model):
    """That somebody of another organisation than the pharmacy opened one of its dossiers or signed documents.

    Once for each person, object and ``hour`` (machine time, as ``at``). ``thread`` is the order whose dossier shows
    it. No personal data but the person's id: erasing a person leaves the row, which then names nobody. Kept one year
    (``READS_KEPT``), then forgotten by the daily job; until then neither changed nor removed. Not chained: a log of
    reading that is to be forgotten cannot hang in a chain that is never cut.
    """

    id = models.BigAutoField(primary_key=True)
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    object_type = models.CharField(max_length=63)
    object_id = models.CharField(max_length=40)
    thread = models.CharField(max_length=40)
    hour = models.DateTimeField()
    at = models.DateTimeField()
    request_id = models.CharField(max_length=32, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="read_event_once_an_hour", fields=["reader", "organisation", "object_type", "object_id", "hour"]
            ),
        ]
        indexes = [
            models.Index(name="read_event_thread", fields=["thread", "-at"]),
            models.Index(name="read_event_at", fields=["at"]),
        ]
        triggers = [never_changed(), deleted_only_after("kept_its_time", "at", READS_KEPT), never_truncated()]

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id} {self.at}"
