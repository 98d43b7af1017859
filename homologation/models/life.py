"""The life of a decision after it is taken: early reviews, and the reminders of its end."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from homologation.domain.review_lifecycle import EARLY_REVIEW, SETTLED
from portal.accounts.actors import Actor
from portal.triggers import append_only, frozen_when, never_deleted, never_truncated
from portal.workflow.models import Stateful, lifecycle_triggers, moves, state_check, state_field


class EarlyReview(Stateful):
    """One reason to read a decision again before its end, and what the titulaire made of it. Business time.

    ``rule``, ``cause``: of the catalogue (``reviews-<n>.toml``); ``object``: what the fact is about, so that the same
    one opens a single review; ``fact``: in words, as it stood. ``successor``: the dossier that took the place of the
    reviewed one. Names nobody but who settled it, by their id: erasing that person empties their account, the row
    stays as proof with its dossier.
    """

    state = state_field(EARLY_REVIEW)
    dossier = models.ForeignKey("homologation.InsiDossier", on_delete=models.PROTECT, related_name="reviews")
    rule = models.CharField(max_length=10)
    cause = models.CharField(max_length=20)
    object = models.CharField(max_length=120)
    fact = models.TextField()
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    successor = models.ForeignKey("homologation.InsiDossier", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["dossier", "opened_at", "rule", "object"]
        constraints = [
            state_check("early_review_state_known", EARLY_REVIEW),
            models.UniqueConstraint(name="early_review_once", fields=["dossier", "cause", "object"]),
            models.CheckConstraint(
                name="early_review_says", condition=~Q(rule="") & ~Q(cause="") & ~Q(object="") & ~Q(fact="")
            ),
            models.CheckConstraint(
                name="early_review_ended",
                condition=Q(state="open", ended_at=None)
                | Q(state__in=SETTLED, ended_at__isnull=False, ended_at__gte=F("opened_at")),
            ),
            models.CheckConstraint(
                name="early_review_kept",
                condition=Q(state="kept", ended_by__isnull=False) & ~Q(reason="")
                | ~Q(state="kept") & Q(ended_by=None, reason=""),
            ),
            models.CheckConstraint(
                name="early_review_renewed",
                condition=Q(state="renewed", successor__isnull=False) | ~Q(state="renewed") & Q(successor=None),
            ),
        ]
        triggers = [
            *lifecycle_triggers(EARLY_REVIEW),
            frozen_when("fact_frozen", "TRUE", ("dossier_id", "rule", "cause", "object", "fact", "opened_at")),
            frozen_when(
                "ended_final", "OLD.ended_at IS NOT NULL", ("ended_at", "ended_by_id", "reason", "successor_id")
            ),
            never_deleted(),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.object}"

    def get_absolute_url(self) -> str:
        """The board of its dossier, where reviews are shown."""
        return f"{reverse('homologation:dossier', args=[self.dossier_id])}#revues"

    @moves(EARLY_REVIEW, "keep")
    def keep(self, *, actor: Actor, at: datetime, reason: str) -> None:
        self.ended_at, self.ended_by_id, self.reason = at, actor.user_id, reason

    @moves(EARLY_REVIEW, "renew")
    def renew(self, *, actor: Actor, at: datetime, successor: UUID) -> None:
        self.ended_at, self.successor_id = at, successor

    @moves(EARLY_REVIEW, "withdraw")
    def withdraw(self, *, actor: Actor, at: datetime) -> None:
        self.ended_at = at


class ValidityReminder(models.Model):
    """An end of validity that the pharmacy was told of, so many ``days`` before its last day (negative: after), once.

    Names nobody. Append-only; kept with its dossier as proof.
    """

    dossier = models.ForeignKey("homologation.InsiDossier", on_delete=models.PROTECT, related_name="reminders")
    days = models.SmallIntegerField()
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(name="validity_reminder_once", fields=["dossier", "days"])]
        triggers = [append_only(), never_truncated()]

    def __str__(self) -> str:
        return f"{self.dossier_id} J-{self.days}"
