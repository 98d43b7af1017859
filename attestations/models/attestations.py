"""The VA, its five boxes, and the reserves that refused boxes set."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from attestations.domain.lifecycle import ATTESTATION, OPEN
from portal.accounts.actors import Actor
from portal.triggers import frozen_when, never_deleted
from portal.workflow.models import Stateful, lifecycle_triggers, moves, state_check, state_field


class Attestation(Stateful):
    """One VA of an order. A refused or retracted one is kept; another may then be prepared. Business time."""

    state = state_field(ATTESTATION)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="attestations")
    number = models.CharField(max_length=40, unique=True)
    prepared_at = models.DateTimeField()
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=80, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    completed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-prepared_at", "number"]
        constraints = [
            state_check("attestation_state_known", ATTESTATION),
            models.UniqueConstraint(
                name="attestation_one_alive",
                fields=["order"],
                condition=Q(state__in=["to_sign", "signed", "signed_with_reserves", "signed_late"]),
            ),
            models.CheckConstraint(
                name="attestation_sign_pair",
                condition=Q(signed_at=None, signed_by=None, place="")
                | Q(signed_at__isnull=False, signed_by__isnull=False) & ~Q(place=""),
            ),
            models.CheckConstraint(
                name="attestation_signed_state",
                condition=~Q(state__in=["signed", "signed_with_reserves", "signed_late"]) | Q(signed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="attestation_unsigned_state",
                condition=~Q(state__in=["to_sign", "refused"]) | Q(signed_at=None),
            ),
            models.CheckConstraint(
                name="attestation_completed",
                condition=Q(state="signed", completed_at__isnull=False) | ~Q(state="signed") & Q(completed_at=None),
            ),
            models.CheckConstraint(
                name="attestation_ended_pair",
                condition=Q(state__in=["refused", "voided"], ended_at__isnull=False) & ~Q(end_reason="")
                | ~Q(state__in=["refused", "voided"]) & Q(ended_at=None, end_reason=""),
            ),
            models.CheckConstraint(
                name="attestation_dates",
                condition=(Q(signed_at=None) | Q(signed_at__gte=F("prepared_at")))
                & (Q(completed_at=None) | Q(completed_at__gte=F("signed_at"))),
            ),
        ]
        triggers = [
            *lifecycle_triggers(ATTESTATION),
            frozen_when("identity_frozen", "TRUE", ("order_id", "number", "prepared_at", "prepared_by_id")),
            frozen_when("signature_final", "OLD.signed_at IS NOT NULL", ("signed_at", "signed_by_id", "place")),
            never_deleted(),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """The dossier of its order."""
        return str(self.order.get_absolute_url())

    @property
    def is_open(self) -> bool:
        """Still waiting for somebody."""
        return self.state in OPEN

    @moves(ATTESTATION, "sign")
    def sign(self, *, actor: Actor, at: datetime, place: str) -> None:
        self.signed_at = self.completed_at = at
        self.signed_by_id, self.place = actor.user_id, place

    @moves(ATTESTATION, "sign_with_reserves")
    def sign_with_reserves(self, *, actor: Actor, at: datetime, place: str) -> None:
        self.signed_at, self.signed_by_id, self.place = at, actor.user_id, place

    @moves(ATTESTATION, "sign_late")
    def sign_late(self, *, actor: Actor, at: datetime, place: str) -> None:
        self.signed_at, self.signed_by_id, self.place = at, actor.user_id, place

    @moves(ATTESTATION, "accept_late")
    def accept_late(self, *, actor: Actor, at: datetime) -> None:
        self.completed_at = at

    @moves(ATTESTATION, "refuse")
    def refuse(self, *, actor: Actor, at: datetime, reason: str) -> None:
        self.ended_at, self.end_reason = at, reason

    @moves(ATTESTATION, "retract")
    def retract(self, *, actor: Actor, at: datetime) -> None:
        self.ended_at, self.end_reason = at, "Reprise par le fournisseur"

    @moves(ATTESTATION, "lift")
    def lift(self, *, actor: Actor, at: datetime) -> None:
        """The reserve itself is a row of ``Reserve``."""

    @moves(ATTESTATION, "confirm")
    def confirm(self, *, actor: Actor, at: datetime) -> None:
        """The answers are rows of ``Statement``."""

    @moves(ATTESTATION, "complete")
    def complete(self, *, actor: Actor, at: datetime) -> None:
        self.completed_at = at

    @moves(ATTESTATION, "void")
    def void(self, *, actor: Actor, at: datetime, reason: str) -> None:
        self.ended_at, self.end_reason = at, reason


class Statement(models.Model):
    """One box of a VA: its words, frozen at the preparation, and the pharmacist's answer."""

    attestation = models.ForeignKey(Attestation, on_delete=models.PROTECT, related_name="statements")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)
    heading = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    accepted = models.BooleanField(null=True, blank=True)
    reason = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(name="statement_once", fields=["attestation", "code"]),
            models.CheckConstraint(
                name="statement_decided_pair",
                condition=Q(accepted=None, decided_at=None) | Q(accepted__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(name="statement_refusal_says_why", condition=~Q(accepted=False) | ~Q(reason="")),
        ]
        triggers = [
            frozen_when("words_frozen", "TRUE", ("attestation_id", "position", "code", "heading", "text")),
            frozen_when("accepted_is_final", "OLD.accepted", ("accepted", "reason", "decided_at")),
            never_deleted(),
        ]

    def __str__(self) -> str:
        return self.code


class Reserve(models.Model):
    """What a refused box asks of the supplier: lifted by it, then closed when the pharmacist signs the box."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="reserves")
    reason = models.TextField()
    due_on = models.DateField()
    raised_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["raised_at", "id"]
        constraints = [
            models.UniqueConstraint(name="va_reserve_one_open", fields=["statement"], condition=Q(closed_at=None)),
            models.CheckConstraint(
                name="va_reserve_lifted_pair",
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="va_reserve_closed_after_lift", condition=Q(closed_at=None) | Q(lifted_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.statement} – {self.reason[:40]}"
