"""The ANS's list, staged before it is applied; its rows in quarantine; the alarms that somebody has seen."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.triggers import append_only, frozen_when, never_deleted


def _person(*, null: bool = False) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, null=null, on_delete=models.PROTECT, related_name="+")


class AnsList(models.Model):
    """One file uploaded: rows read and rejected, then applied or set aside. Business time.

    ``rows``: the rows read well, as JSON; ``rejected``: line, column, value and reason of the others.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    list_day = models.DateField("date de la liste")
    rows = models.JSONField()
    rejected = models.JSONField(default=list)
    uploaded_at = models.DateTimeField()
    uploaded_by = _person()
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = _person(null=True)
    run = models.ForeignKey("imports.ImportRun", null=True, on_delete=models.PROTECT, related_name="+")
    discarded_at = models.DateTimeField(null=True, blank=True)
    discarded_by = _person(null=True)

    class Meta:
        ordering = ["-uploaded_at", "id"]
        constraints = [
            models.CheckConstraint(name="ans_list_sha256", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(
                name="ans_list_applied_whole",
                condition=Q(applied_at=None, applied_by=None, run=None)
                | Q(applied_at__gte=F("uploaded_at"), applied_by__isnull=False, run__isnull=False),
            ),
            models.CheckConstraint(
                name="ans_list_discarded_pair",
                condition=Q(discarded_at=None, discarded_by=None)
                | Q(discarded_at__gte=F("uploaded_at"), discarded_by__isnull=False, applied_at=None),
            ),
        ]
        triggers = [
            frozen_when(
                "upload_frozen",
                "TRUE",
                (
                    "programme_id",
                    "file_name",
                    "sha256",
                    "list_day",
                    "rows",
                    "rejected",
                    "uploaded_at",
                    "uploaded_by_id",
                ),
            ),
            frozen_when("applied_final", "OLD.applied_at IS NOT NULL", ("applied_at", "applied_by_id", "run_id")),
            never_deleted(),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_open(self) -> bool:
        """Neither applied nor set aside yet."""
        return self.applied_at is None and self.discarded_at is None


class QuarantinedRow(models.Model):
    """A row of an applied list that fits nothing known here: kept until a person resolves it."""

    ATTACHED, DISMISSED = "attached", "dismissed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ans_list = models.ForeignKey(AnsList, on_delete=models.PROTECT, related_name="quarantined")
    fingerprint = models.CharField(
        max_length=64, unique=True, help_text="the same row of a later list is not kept twice"
    )
    row = models.JSONField()
    reason = models.CharField(max_length=400)
    found_at = models.DateTimeField()
    resolution = models.CharField(max_length=12, blank=True, choices=[(ATTACHED, "Rattachée"), (DISMISSED, "Écartée")])
    version = models.ForeignKey("registry.SoftwareVersion", null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = _person(null=True)

    class Meta:
        ordering = ["found_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="quarantine_resolved_whole",
                condition=Q(resolution="", version=None, resolved_at=None, resolved_by=None, note="")
                | Q(resolution="attached", version__isnull=False, resolved_at__isnull=False, resolved_by__isnull=False)
                | Q(resolution="dismissed", version=None, resolved_at__isnull=False, resolved_by__isnull=False)
                & ~Q(note=""),
            ),
        ]
        triggers = [
            frozen_when("row_frozen", "TRUE", ("ans_list_id", "fingerprint", "row", "reason", "found_at")),
            frozen_when(
                "resolution_final",
                "OLD.resolved_at IS NOT NULL",
                ("resolution", "version_id", "note", "resolved_at", "resolved_by_id"),
            ),
            never_deleted(),
        ]

    def __str__(self) -> str:
        return self.reason


class AlarmSeen(models.Model):
    """An administrator has looked at a backdated withdrawal, append-only."""

    event = models.OneToOneField("registry.ReferencingEvent", on_delete=models.PROTECT, related_name="alarm_seen")
    note = models.CharField(max_length=300)
    seen_at = models.DateTimeField()
    seen_by = _person()

    class Meta:
        constraints = [models.CheckConstraint(name="alarm_seen_says", condition=~Q(note=""))]
        triggers = [append_only()]

    def __str__(self) -> str:
        return self.note
