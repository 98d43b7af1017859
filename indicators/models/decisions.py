"""Decisions of the administration about a year of results: to freeze it, or to set an indicator aside."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from indicators.domain.lifecycle import FREEZE, KINDS, NEUTRALISE, YEAR_DECISION
from portal.accounts.actors import Actor
from portal.triggers import frozen_when, never_deleted
from portal.workflow.models import Stateful, lifecycle_triggers, moves, state_check, state_field


class YearDecision(Stateful):
    """Proposed by one person, taken by another. Business time.

    ``code``: the indicator set aside, empty for a freeze. ``reference``: the official text; ``reason``: what the
    pharmacies read. Of a freeze, ``manifest`` pins every result by its hashes and ``known`` holds the sequence of the
    last deposit counted, by supplier. Personal data: who proposed, decided, withdrew; erasing a person leaves the
    row and empties their names.
    """

    state = state_field(YEAR_DECISION)
    kind = models.CharField(max_length=12, choices=list(KINDS.items()))
    year = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=20, blank=True)
    reference = models.CharField(max_length=120)
    reason = models.TextField()
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    manifest = models.CharField(max_length=64, blank=True)
    known = models.JSONField(default=dict)

    class Meta:
        ordering = ["-year", "-proposed_at", "pk"]
        constraints = [
            state_check("year_decision_state_known", YEAR_DECISION),
            models.CheckConstraint(
                name="year_decision_about",
                condition=Q(kind=FREEZE, code="") | Q(kind=NEUTRALISE) & ~Q(code=""),
            ),
            models.CheckConstraint(name="year_decision_said", condition=~Q(reference="") & ~Q(reason="")),
            models.CheckConstraint(
                name="year_decision_decided",
                condition=Q(state="decided", decided_at__gte=F("proposed_at"), decided_by__isnull=False)
                | ~Q(state="decided") & Q(decided_at=None, decided_by=None),
            ),
            models.CheckConstraint(
                name="year_decision_withdrawn",
                condition=Q(state="withdrawn", withdrawn_at__gte=F("proposed_at"), withdrawn_by__isnull=False)
                | ~Q(state="withdrawn") & Q(withdrawn_at=None, withdrawn_by=None),
            ),
            models.CheckConstraint(
                name="year_decision_four_eyes", condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by"))
            ),
            models.CheckConstraint(
                name="year_decision_pinned",
                condition=Q(state="decided", kind=FREEZE, manifest__regex=r"^[0-9a-f]{64}$")
                | Q(manifest="") & ~Q(state="decided", kind=FREEZE),
            ),
            models.UniqueConstraint(
                name="year_decision_once", fields=["year", "kind", "code"], condition=~Q(state="withdrawn")
            ),
        ]
        triggers = [
            *lifecycle_triggers(YEAR_DECISION),
            frozen_when(
                "text_frozen",
                "TRUE",
                ("kind", "year", "code", "reference", "reason", "proposed_at", "proposed_by_id"),
            ),
            frozen_when(
                "decision_final", "OLD.state = 'decided'", ("decided_at", "decided_by_id", "manifest", "known")
            ),
            never_deleted(),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} – {self.year}{f' ({self.code})' if self.code else ''}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("indicators:decision", args=[self.pk])

    @moves(YEAR_DECISION, "decide")
    def decide(self, *, actor: Actor, at: datetime, manifest: str, known: dict[str, int]) -> None:
        self.decided_at, self.decided_by_id = at, actor.user_id
        self.manifest, self.known = manifest, known

    @moves(YEAR_DECISION, "withdraw")
    def withdraw(self, *, actor: Actor, at: datetime) -> None:
        self.withdrawn_at, self.withdrawn_by_id = at, actor.user_id
