"""Help that a pharmacy asks of its editor for the questionnaire, free of charge, and the messages exchanged."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from homologation.domain.help_lifecycle import HELP
from portal.accounts.actors import Actor
from portal.triggers import append_only, frozen_when, never_deleted, never_truncated
from portal.workflow.models import Stateful, lifecycle_triggers, moves, state_check, state_field


class HelpRequest(Stateful):
    """One question of a pharmacy to the supplier of its software, on a ``section`` or one question (``key``) of it.

    ``due_on``: the day by which an answer is expected (catalogue, « à confirmer »). ``taken_by``: who at the supplier
    takes care of it. Business time. People are named by their id: erasing a person empties their account, not the row.
    """

    state = state_field(HELP)
    dossier = models.ForeignKey("homologation.InsiDossier", on_delete=models.PROTECT, related_name="help_requests")
    supplier = models.ForeignKey("registry.Supplier", on_delete=models.PROTECT, related_name="+")
    section = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=60, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    taken_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-asked_at", "pk"]
        constraints = [
            state_check("help_request_state_known", HELP),
            models.CheckConstraint(name="help_request_section", condition=Q(section__gte=1)),
            models.CheckConstraint(
                name="help_request_taken",
                condition=Q(taken_at=None, taken_by=None)
                | Q(taken_at__isnull=False, taken_at__gte=F("asked_at"), taken_by__isnull=False),
            ),
            models.CheckConstraint(
                name="help_request_owned",
                condition=~Q(state__in=["taken", "answered"]) | Q(taken_by__isnull=False),
            ),
            models.CheckConstraint(
                name="help_request_answered",
                condition=~Q(state="answered") | Q(answered_at__isnull=False, answered_at__gte=F("asked_at")),
            ),
            models.CheckConstraint(
                name="help_request_closed",
                condition=Q(
                    state="closed", closed_at__isnull=False, closed_at__gte=F("asked_at"), closed_by__isnull=False
                )
                | ~Q(state="closed") & Q(closed_at=None, closed_by=None),
            ),
        ]
        triggers = [
            *lifecycle_triggers(HELP),
            frozen_when(
                "identity_frozen",
                "TRUE",
                ("dossier_id", "supplier_id", "section", "key", "asked_at", "asked_by_id"),
            ),
            never_deleted(),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"Demande d’aide, partie {self.section}"

    def get_absolute_url(self) -> str:
        """Its page, the same for both sides."""
        return reverse("homologation:help", args=[self.pk])

    @moves(HELP, "take")
    def take(self, *, actor: Actor, at: datetime) -> None:
        self.taken_at, self.taken_by_id = at, actor.user_id

    @moves(HELP, "write")
    def write(self, *, actor: Actor, at: datetime) -> None:
        """What is written is a row of ``HelpMessage``."""

    @moves(HELP, "answer")
    def answer(self, *, actor: Actor, at: datetime) -> None:
        """The same; whoever answers without having taken it owns it."""
        self.answered_at = at
        if self.taken_by_id is None:
            self.taken_at, self.taken_by_id = at, actor.user_id

    @moves(HELP, "ask_again")
    def ask_again(self, *, actor: Actor, at: datetime, due_on: date) -> None:
        """It waits for whoever at the supplier takes it; the journal keeps who had."""
        self.due_on, self.answered_at = due_on, None
        self.taken_at = self.taken_by_id = None

    @moves(HELP, "close")
    def close(self, *, actor: Actor, at: datetime) -> None:
        self.closed_at, self.closed_by_id = at, actor.user_id


class HelpMessage(models.Model):
    """One message of a request, ``number`` counting from 1. Append-only; no patient is ever named (services refuse).

    Its author is named by their id and ``role``: erasing a person empties their account, the message stays.
    """

    request = models.ForeignKey(HelpRequest, on_delete=models.PROTECT, related_name="messages")
    number = models.PositiveIntegerField()
    role = models.CharField(max_length=20)
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["request", "number"]
        constraints = [
            models.UniqueConstraint(name="help_message_number", fields=["request", "number"]),
            models.CheckConstraint(name="help_message_says", condition=~Q(text="")),
        ]
        triggers = [append_only(), never_truncated()]

    def __str__(self) -> str:
        return f"{self.request_id} #{self.number}"
