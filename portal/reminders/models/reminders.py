"""What people were, are and will be reminded of: rows planned from computed deadlines, kept as proof."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from orders.domain.deadlines import PHARMACY, SUPPLIER, WORDS, Kind
from portal.reminders.domain.cadence import OFFSETS
from portal.triggers import append_only, frozen_when, never_deleted

NAMESPACE = uuid.UUID("5e3f0f3a-6f0e-5c1a-9a53-1f8d2b7c4e10")


def deadline_id(kind: Kind, subject: str) -> uuid.UUID:
    """The key of a deadline, the same in every database: also the UID of its calendar event."""
    return uuid.uuid5(NAMESPACE, f"{kind.value}:{subject}")


class TrackedDeadline(models.Model):
    """A computed deadline as the planner last saw it. ``sequence`` counts its moves. Never what a rule goes by."""

    id = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(max_length=30, choices=[(kind.value, words.label) for kind, words in WORDS.items()])
    subject = models.CharField(max_length=80)
    order = models.ForeignKey("orders.Order", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey("registry.Supplier", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    owner = models.CharField(max_length=10, choices=[(SUPPLIER, "Fournisseur"), (PHARMACY, "Pharmacie")])
    sequence = models.PositiveIntegerField(default=0)
    tracked_at = models.DateTimeField()
    moved_at = models.DateTimeField(help_text="last time that anything of it changed, business time")
    ended_at = models.DateTimeField(null=True, blank=True)
    plan = models.CharField(max_length=64, help_text="fingerprint of the reminders planned for it")

    class Meta:
        indexes = [models.Index(name="tracked_of_order", fields=["order"], condition=Q(ended_at=None))]
        constraints = [
            models.UniqueConstraint(name="tracked_once", fields=["kind", "subject"]),
            models.CheckConstraint(name="tracked_kind_known", condition=Q(kind__in=[kind.value for kind in Kind])),
            models.CheckConstraint(name="tracked_owner_known", condition=Q(owner__in=[SUPPLIER, PHARMACY])),
            models.CheckConstraint(
                name="tracked_of_one",
                condition=Q(order=None, supplier__isnull=False) | Q(order__isnull=False, supplier=None),
            ),
            models.CheckConstraint(
                name="tracked_dates",
                condition=Q(moved_at__gte=F("tracked_at")) & (Q(ended_at=None) | Q(ended_at__gte=F("tracked_at"))),
            ),
        ]
        triggers = [
            frozen_when("identity_frozen", "TRUE", ("id", "kind", "subject", "order_id", "supplier_id", "tracked_at")),
            never_deleted(),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Digest(models.Model):
    """The one message of a day to an organisation, as it was written. Each person receives it as a notice."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    made_at = models.DateTimeField()
    total = models.PositiveIntegerField()
    subject = models.CharField(max_length=200)
    body = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="digest_once_a_day", fields=["organisation", "day"]),
            models.CheckConstraint(name="digest_tells_something", condition=Q(total__gt=0)),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.day}"


class Outcome(models.TextChoices):
    SENT = "sent", "Envoyé"
    COVERED = "covered", "Couvert par un rappel plus urgent"


class Retirement(models.TextChoices):
    MOVED = "moved", "La date a changé"
    RECAST = "recast", "Le destinataire ou la cadence a changé"
    OVER = "over", "Il n’y a plus rien à faire"


class Reminder(models.Model):
    """One planned reminder. Settled once by a digest, retired once when its reason disappears. Business time."""

    # « reminder_once » and « reminder_due » begin with these two: no index more.
    deadline = models.ForeignKey(TrackedDeadline, on_delete=models.PROTECT, related_name="reminders", db_index=False)
    offset = models.PositiveSmallIntegerField(help_text="days before the last day of the deadline")
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    due_at = models.DateTimeField()
    remind_at = models.DateTimeField()
    planned_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, blank=True, choices=Outcome.choices)
    settled_at = models.DateTimeField(null=True, blank=True)
    digest = models.ForeignKey(Digest, null=True, blank=True, on_delete=models.PROTECT, related_name="reminders")
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_because = models.CharField(max_length=10, blank=True, choices=Retirement.choices)

    class Meta:
        indexes = [
            models.Index(
                name="reminder_due", fields=["organisation", "remind_at"], condition=Q(outcome="", retired_at=None)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="reminder_once",
                fields=["deadline", "offset", "organisation"],
                condition=Q(retired_at=None),
            ),
            models.CheckConstraint(name="reminder_offset_known", condition=Q(offset__in=OFFSETS)),
            models.CheckConstraint(
                name="reminder_settled",
                condition=Q(outcome="", settled_at=None, digest=None)
                | Q(outcome__in=Outcome.values, settled_at__isnull=False, digest__isnull=False)
                & Q(settled_at__gte=F("remind_at")),
            ),
            models.CheckConstraint(
                name="reminder_retired",
                condition=Q(retired_at=None, retired_because="")
                | Q(retired_at__isnull=False, retired_because__in=Retirement.values)
                & Q(retired_at__gte=F("planned_at")),
            ),
        ]
        triggers = [
            frozen_when(
                "plan_frozen",
                "TRUE",
                ("deadline_id", "offset", "organisation_id", "due_at", "remind_at", "planned_at"),
            ),
            frozen_when("settled_is_final", "OLD.outcome <> ''", ("outcome", "settled_at", "digest_id")),
            frozen_when("retired_is_final", "OLD.retired_at IS NOT NULL", ("retired_at", "retired_because", "outcome")),
            never_deleted(),
        ]

    def __str__(self) -> str:
        return f"{self.deadline_id} J-{self.offset}"
