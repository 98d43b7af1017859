"""What a pharmacy said of each step of its compliance, and the expiries that it was told of."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from homologation.domain.steps import STATES
from portal.triggers import append_only, never_truncated


class StepEvent(models.Model):
    """One thing said of a step (``step``: its key in the catalogue); the last one, by ``number``, holds. Append-only.

    ``owner``: who takes care of it, in the pharmacy's words. Its author is named by their id: erasing a person empties
    their account, the row stays as proof.
    """

    pharmacy = models.ForeignKey("registry.Pharmacy", on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=8)
    owner = models.CharField(max_length=120, blank=True)
    day = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    note = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pharmacy", "step", "number"]
        constraints = [
            models.UniqueConstraint(name="step_event_number", fields=["pharmacy", "step", "number"]),
            models.CheckConstraint(name="step_event_state", condition=Q(state__in=list(STATES))),
            models.CheckConstraint(name="step_event_done", condition=~Q(state="done") | Q(day__isnull=False)),
            models.CheckConstraint(name="step_event_void", condition=~Q(state="void") | ~Q(note="")),
        ]
        triggers = [append_only(), never_truncated()]

    def __str__(self) -> str:
        return f"{self.step} #{self.number}"

    @property
    def state_label(self) -> str:
        """In words."""
        return STATES[self.state]


class StepReminder(models.Model):
    """A coming expiry that the pharmacy was told of, so many ``days`` before: once each. Names nobody. Append-only."""

    pharmacy = models.ForeignKey("registry.Pharmacy", on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=40)
    expires_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="step_reminder_once", fields=["pharmacy", "step", "expires_on", "days"])
        ]
        triggers = [append_only(), never_truncated()]

    def __str__(self) -> str:
        return f"{self.step} {self.expires_on} J-{self.days}"
