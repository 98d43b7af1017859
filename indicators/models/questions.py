"""Questions about figures that look odd: asked, never a verdict."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from indicators.domain.anomalies import KINDS
from indicators.domain.lifecycle import QUESTION
from portal.accounts.actors import Actor
from portal.triggers import frozen_when, never_deleted
from portal.workflow.models import Stateful, lifecycle_triggers, moves, state_check, state_field


class UsageQuestion(Stateful):
    """One odd thing found in the counters of a pharmacy, for its supplier or the administration to explain.

    ``facts``: the figures that raised it, ``digest`` their SHA-256: the same figures never ask twice. ``other``: the
    second pharmacy of a pair. Business time. Personal data: who answered; erasing a person leaves the row and empties
    their name. Kept as long as the figures.
    """

    state = state_field(QUESTION)
    kind = models.CharField(max_length=12, choices=list(KINDS.items()))
    year = models.PositiveSmallIntegerField()
    pharmacy = models.ForeignKey("registry.Pharmacy", on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey("registry.Pharmacy", null=True, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey("registry.Supplier", on_delete=models.PROTECT, related_name="+")
    facts = models.JSONField()
    digest = models.CharField(max_length=64)
    raised_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-raised_at", "pk"]
        indexes = [models.Index(name="usage_question_board", fields=["supplier", "state", "-raised_at"])]
        constraints = [
            state_check("usage_question_state_known", QUESTION),
            models.CheckConstraint(name="usage_question_kind_known", condition=Q(kind__in=list(KINDS))),
            models.CheckConstraint(name="usage_question_pair", condition=Q(other=None) | ~Q(other=F("pharmacy"))),
            models.CheckConstraint(name="usage_question_digest", condition=Q(digest__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(
                name="usage_question_answered",
                condition=Q(state="explained", answered_at__gte=F("raised_at"), answered_by__isnull=False)
                & ~Q(answer="")
                | ~Q(state="explained") & Q(answer="", answered_at=None, answered_by=None),
            ),
            models.CheckConstraint(
                name="usage_question_dropped",
                condition=Q(state="moot", dropped_at__gte=F("raised_at")) | ~Q(state="moot") & Q(dropped_at=None),
            ),
            models.UniqueConstraint(name="usage_question_once", fields=["pharmacy", "kind", "digest", "supplier"]),
        ]
        triggers = [
            *lifecycle_triggers(QUESTION),
            frozen_when(
                "asked_frozen",
                "TRUE",
                ("kind", "year", "pharmacy_id", "other_id", "supplier_id", "facts", "digest", "raised_at"),
            ),
            frozen_when("answer_final", "OLD.state <> 'open'", ("answer", "answered_at", "answered_by_id")),
            never_deleted(),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} – {self.pharmacy_id} {self.year}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("indicators:question", args=[self.pk])

    @moves(QUESTION, "explain")
    def explain(self, *, actor: Actor, at: datetime, answer: str) -> None:
        self.answer, self.answered_at, self.answered_by_id = answer, at, actor.user_id

    @moves(QUESTION, "drop")
    def drop(self, *, actor: Actor, at: datetime) -> None:
        self.dropped_at = at
