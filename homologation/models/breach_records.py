"""What was said, sent and recalled about a breach: append-only rows, kept as proof with it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from homologation.domain.breaches import CHANNELS
from portal.triggers import append_only, never_truncated


class BreachEntry(models.Model):
    """One line of the journal of a breach: a note, a whole description, or when one became aware and why it changed.

    Append-only. Its author is named by their id: erasing a person empties their account, the line stays.
    """

    KINDS = ("note", "description", "awareness")

    breach = models.ForeignKey("homologation.Breach", on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    aware_at = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField(null=True)
    said = models.JSONField(null=True)

    class Meta:
        ordering = ["breach", "pk"]
        constraints = [
            models.CheckConstraint(
                name="breach_entry_kind",
                condition=Q(kind="note", aware_at=None, deadline_at=None, said=None) & ~Q(text="")
                | Q(kind="description", aware_at=None, deadline_at=None, said__isnull=False)
                | Q(kind="awareness", aware_at__isnull=False, deadline_at__isnull=False, said=None) & ~Q(text=""),
            ),
        ]
        triggers = [append_only(), never_truncated()]

    def __str__(self) -> str:
        return f"{self.breach_id} {self.kind}"


class BreachNotification(models.Model):
    """One notification to the CNIL as the pharmacy says it was sent (art. 33(1), 33(4)); ``number`` 1 is the initial.

    ``content``: what it said, frozen, with its hash. Append-only; its author is named by their id alone.
    """

    breach = models.ForeignKey("homologation.Breach", on_delete=models.PROTECT, related_name="notifications")
    number = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField()
    channel = models.CharField(max_length=12)
    receipt = models.CharField(max_length=120, blank=True, help_text="number given by the CNIL")
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["breach", "number"]
        constraints = [
            models.UniqueConstraint(name="breach_notification_number", fields=["breach", "number"]),
            models.CheckConstraint(name="breach_notification_channel", condition=Q(channel__in=list(CHANNELS))),
            models.CheckConstraint(name="breach_notification_sha256", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
        ]
        triggers = [append_only(), never_truncated()]

    def __str__(self) -> str:
        return f"{self.breach_id} n° {self.number}"

    @property
    def phase(self) -> str:
        """In words."""
        return "initiale" if self.number == 1 else "complémentaire"


class BreachReceipt(models.Model):
    """The receipt that the CNIL gave for a notification, as the pharmacy received it: the file lies under ``sha256``.

    Append-only; a better copy is another one. ``label``: what its sender called it, to be shown. Who sent it is named
    by their id: erasing a person empties their account, the receipt stays with the register.
    """

    notification = models.ForeignKey(BreachNotification, on_delete=models.PROTECT, related_name="receipts")
    label = models.CharField(max_length=120)
    media_type = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["notification", "pk"]
        constraints = [
            models.UniqueConstraint(name="breach_receipt_once", fields=["notification", "sha256"]),
            models.CheckConstraint(
                name="breach_receipt_file", condition=Q(sha256__regex=r"^[0-9a-f]{64}$", size__gt=0) & ~Q(label="")
            ),
        ]
        triggers = [append_only(), never_truncated()]

    def __str__(self) -> str:
        return self.label


class BreachReminder(models.Model):
    """A reminder of the 72 hours that was sent: once for each awareness and each step. Names nobody. Append-only."""

    breach = models.ForeignKey("homologation.Breach", on_delete=models.PROTECT, related_name="reminders")
    aware_at = models.DateTimeField()
    number = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["breach", "pk"]
        constraints = [
            models.UniqueConstraint(name="breach_reminder_once", fields=["breach", "aware_at", "number"]),
            models.CheckConstraint(name="breach_reminder_not_early", condition=Q(sent_at__gte=models.F("due_at"))),
        ]
        triggers = [append_only(), never_truncated()]

    def __str__(self) -> str:
        return f"{self.breach_id} n° {self.number}"
