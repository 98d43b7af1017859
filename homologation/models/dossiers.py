"""A self-homologation dossier: what was submitted, what was decided, for how long, under which reserves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from homologation.domain.lifecycle import HOMOLOGATION
from homologation.domain.validity import DURATIONS, Validity, validity_at
from homologation.models.quorum import everyone_agreed
from portal.accounts.actors import Actor
from portal.triggers import frozen_when, never_deleted, never_truncated
from portal.workflow.models import Stateful, lifecycle_triggers, moves, state_check, state_field

_DECIDED = ["approved", "withdrawn", "replaced"]
_ENDED = ["refused", "withdrawn", "replaced", "abandoned"]
_UNSUBMITTED = ["draft", "abandoned"]
_DECISION = ("decided_at", "decided_by_id", "months", "valid_from", "valid_until", "consent", "step_up_id")


class InsiDossier(Stateful):
    """One dossier of a pharmacy for a programme, ``number`` in its own series. Business time.

    ``snapshot`` is the canonical value that was submitted and is decided on (``domain.snapshot``), ``snapshot_sha256``
    its hash; a dossier sent back loses them until it is submitted again (the journal keeps each hash). ``valid_from``
    and ``valid_until`` (excluded) are days of Paris. ``step_up``: the fresh authentication that commits to the hash.
    People are named by their id alone: erasing a person empties their account, the dossier stays as proof.
    """

    state = state_field(HOMOLOGATION)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    pharmacy = models.ForeignKey("registry.Pharmacy", on_delete=models.PROTECT, related_name="insi_dossiers")
    number = models.PositiveIntegerField()
    questionnaire = models.ForeignKey("homologation.QuestionnaireVersion", on_delete=models.PROTECT, related_name="+")
    software_version = models.ForeignKey(
        "registry.SoftwareVersion", null=True, on_delete=models.PROTECT, related_name="insi_dossiers"
    )
    previous = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="renewals")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    snapshot = models.JSONField(null=True)
    snapshot_sha256 = models.CharField(max_length=64, blank=True)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    months = models.PositiveSmallIntegerField(null=True)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    consent = models.CharField(max_length=80, blank=True)
    step_up = models.ForeignKey("accounts.StepUp", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["pharmacy_id", "-number"]
        constraints = [
            state_check("insi_dossier_state_known", HOMOLOGATION),
            models.UniqueConstraint(name="insi_dossier_number", fields=["pharmacy", "number"]),
            models.UniqueConstraint(
                name="insi_dossier_one_open",
                fields=["pharmacy", "programme"],
                condition=Q(state__in=["draft", "to_decide"]),
            ),
            models.UniqueConstraint(
                name="insi_dossier_one_approved", fields=["pharmacy", "programme"], condition=Q(state="approved")
            ),
            models.CheckConstraint(
                name="insi_dossier_submitted",
                condition=Q(
                    state__in=_UNSUBMITTED, snapshot=None, snapshot_sha256="", submitted_at=None, submitted_by=None
                )
                | ~Q(state__in=_UNSUBMITTED)
                & Q(snapshot__isnull=False, snapshot_sha256__regex=r"^[0-9a-f]{64}$")
                & Q(submitted_at__isnull=False, submitted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="insi_dossier_decided",
                condition=Q(state__in=_DECIDED, decided_at__isnull=False, decided_by__isnull=False)
                & Q(months__isnull=False, months__in=DURATIONS, valid_from__isnull=False)
                & Q(valid_until__isnull=False, valid_until__gt=F("valid_from"))
                & Q(step_up__isnull=False)
                & ~Q(consent="")
                | ~Q(state__in=_DECIDED)
                & Q(decided_at=None, decided_by=None, months=None, valid_from=None, valid_until=None)
                & Q(step_up=None, consent=""),
            ),
            models.CheckConstraint(
                name="insi_dossier_ended",
                condition=Q(state__in=_ENDED, ended_at__isnull=False) & ~Q(end_reason="")
                | ~Q(state__in=_ENDED) & Q(ended_at=None, end_reason=""),
            ),
            models.CheckConstraint(
                name="insi_dossier_dates",
                condition=(Q(submitted_at=None) | Q(submitted_at__gte=F("opened_at")))
                & (Q(decided_at=None) | Q(decided_at__gte=F("submitted_at"))),
            ),
        ]
        triggers = [
            *lifecycle_triggers(HOMOLOGATION),
            everyone_agreed(),
            frozen_when(
                "identity_frozen", "TRUE", ("programme_id", "pharmacy_id", "number", "opened_at", "opened_by_id")
            ),
            frozen_when("questions_frozen", "TRUE", ("questionnaire_id", "previous_id")),
            frozen_when(
                "software_once",
                "OLD.software_version_id IS NOT NULL OR OLD.state <> 'draft'",
                ("software_version_id",),
            ),
            frozen_when("decision_final", "OLD.decided_at IS NOT NULL", (*_DECISION, "snapshot", "snapshot_sha256")),
            never_deleted(),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"INSi n° {self.number}"

    def get_absolute_url(self) -> str:
        """Its board."""
        return reverse("homologation:dossier", args=[self.pk])

    def validity(self, day: date) -> Validity | None:
        """What its decision is worth on a day of Paris; None while it is not approved."""
        if self.state != "approved" or self.valid_from is None or self.valid_until is None:
            return None
        return validity_at(day, self.valid_from, self.valid_until)

    @moves(HOMOLOGATION, "answer")
    def answer(self, *, actor: Actor, at: datetime) -> None:
        """What is said are rows of ``AnswerRevision``."""

    @moves(HOMOLOGATION, "confirm")
    def confirm(self, *, actor: Actor, at: datetime) -> None:
        """The same."""

    @moves(HOMOLOGATION, "prefill")
    def prefill(self, *, actor: Actor, at: datetime) -> None:
        """The same."""

    @moves(HOMOLOGATION, "learn_software")
    def learn_software(self, *, actor: Actor, at: datetime, version_id: UUID) -> None:
        """Known after the dossier was opened, once the order is signed."""
        self.software_version_id = version_id

    @moves(HOMOLOGATION, "submit")
    def submit(self, *, actor: Actor, at: datetime, snapshot: dict[str, Any], sha256: str) -> None:
        self.snapshot, self.snapshot_sha256 = snapshot, sha256
        self.submitted_at, self.submitted_by_id = at, actor.user_id

    @moves(HOMOLOGATION, "send_back")
    def send_back(self, *, actor: Actor, at: datetime) -> None:
        self.snapshot, self.snapshot_sha256 = None, ""
        self.submitted_at = self.submitted_by_id = None

    @moves(HOMOLOGATION, "agree")
    def agree(self, *, actor: Actor, at: datetime) -> None:
        """Each agreement is a row of ``TitulaireAgreement``."""

    @moves(HOMOLOGATION, "approve")
    def approve(self, *, actor: Actor, at: datetime, terms: dict[str, Any]) -> None:
        self._decide(actor, at, terms)

    @moves(HOMOLOGATION, "approve_with_reserves")
    def approve_with_reserves(self, *, actor: Actor, at: datetime, terms: dict[str, Any]) -> None:
        """The reserves are rows of ``DecisionReserve``."""
        self._decide(actor, at, terms)

    def _decide(self, actor: Actor, at: datetime, terms: dict[str, Any]) -> None:
        self.decided_at, self.decided_by_id = at, actor.user_id
        for name in ("months", "valid_from", "valid_until", "consent", "step_up_id"):
            setattr(self, name, terms[name])

    @moves(HOMOLOGATION, "refuse")
    def refuse(self, *, actor: Actor, at: datetime, reason: str) -> None:
        self.ended_at, self.end_reason = at, reason

    @moves(HOMOLOGATION, "withdraw")
    def withdraw(self, *, actor: Actor, at: datetime, reason: str) -> None:
        self.ended_at, self.end_reason = at, reason

    @moves(HOMOLOGATION, "replace")
    def replace(self, *, actor: Actor, at: datetime, reason: str) -> None:
        self.ended_at, self.end_reason = at, reason

    @moves(HOMOLOGATION, "abandon")
    def abandon(self, *, actor: Actor, at: datetime, reason: str) -> None:
        self.ended_at, self.end_reason = at, reason


class DecisionReserve(models.Model):
    """What remains to be done although the dossier is approved: by whom (words of the pharmacy), until which day.

    Kept with the decision as proof; ``owner`` is a function or a name, erased with the dossier alone.
    """

    dossier = models.ForeignKey(InsiDossier, on_delete=models.PROTECT, related_name="reserves")
    position = models.PositiveSmallIntegerField()
    text = models.TextField()
    owner = models.CharField(max_length=120)
    due_on = models.DateField()

    class Meta:
        ordering = ["dossier", "position"]
        constraints = [
            models.UniqueConstraint(name="decision_reserve_position", fields=["dossier", "position"]),
            models.CheckConstraint(name="decision_reserve_says", condition=~Q(text="") & ~Q(owner="")),
        ]
        triggers = [
            frozen_when("reserve_frozen", "TRUE", ("dossier_id", "position", "text", "owner", "due_on")),
            never_deleted(),
        ]

    def __str__(self) -> str:
        return self.text[:60]
