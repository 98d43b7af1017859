"""The dossier by which a supplier asks for the référencement of one version under one programme."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from portal.accounts.actors import Actor
from portal.referencing.domain.lifecycle import ANSWERING, ENDED, LIVE, REFERENCING
from portal.triggers import frozen_when, never_deleted
from portal.workflow.models import Stateful, lifecycle_triggers, moves, state_check, state_field

_GRANTED = ("referenced", "suspended", "withdrawn", "replaced")


def _person(name: str = "+") -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name=name)


class ReferencingDossier(Stateful):
    """One dossier. All instants are business time.

    ``complete_at``: when the last needed piece arrived, known once an instructor confirmed it (``confirmed_at``).
    ``answer_due_at``: the limit, excluded, of the answer awaited. ``referenced_at``: when the référencement takes
    effect; ``decided_at``: when it was decided. ``end_effect_at``: when a withdrawal takes effect.
    """

    state = state_field(REFERENCING)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    software_version = models.ForeignKey(
        "registry.SoftwareVersion", on_delete=models.PROTECT, related_name="referencing_dossiers"
    )
    requirement_set = models.ForeignKey("referencing.RequirementSet", on_delete=models.PROTECT, related_name="dossiers")
    rule_set = models.ForeignKey("programmes.RuleSetVersion", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    profiles = models.JSONField(default=list, help_text="codes of the conditional profiles chosen")
    nie = models.CharField("numéro d’éditeur (NIE)", max_length=40, blank=True)
    nil = models.CharField("numéro de logiciel (NIL)", max_length=40, blank=True)
    charter_at = models.DateTimeField(null=True, blank=True)
    charter_by = _person()
    submitted_at = models.DateTimeField("dernier dépôt", null=True, blank=True)
    submitted_by = _person()
    complete_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = _person()
    answer_due_at = models.DateTimeField(null=True, blank=True)
    iterations = models.PositiveSmallIntegerField(default=0, help_text="how many times corrections were asked")
    referenced_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = _person()
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_by = _person()
    suspended_until = models.DateField(null=True, blank=True)
    suspension_reason = models.TextField(blank=True)
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = _person()
    end_reason = models.TextField(blank=True)
    end_effect_at = models.DateTimeField(null=True, blank=True)
    end_ground = models.CharField(max_length=20, blank=True)
    retroactive = models.BooleanField(default=False)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            state_check("dossier_state_known", REFERENCING),
            models.UniqueConstraint(
                name="dossier_one_live", fields=["programme", "software_version"], condition=Q(state__in=LIVE)
            ),
            models.CheckConstraint(
                name="dossier_charter_pair",
                condition=Q(charter_at=None, charter_by=None) | Q(charter_at__isnull=False, charter_by__isnull=False),
            ),
            models.CheckConstraint(
                name="dossier_submitted",
                condition=Q(state__in=["draft", "abandoned"], submitted_at=None, submitted_by=None)
                | ~Q(state="draft")
                & Q(submitted_at__isnull=False, submitted_by__isnull=False, charter_at__isnull=False),
            ),
            models.CheckConstraint(
                name="dossier_complete",
                condition=Q(complete_at=None, confirmed_at=None, confirmed_by=None)
                & Q(state__in=["draft", "submitted", "to_complete", "abandoned", "lapsed"])
                | Q(complete_at__isnull=False, confirmed_by__isnull=False, confirmed_at__gte=F("complete_at"))
                & ~Q(state__in=["draft", "submitted", "to_complete"]),
            ),
            models.CheckConstraint(
                name="dossier_answer_due",
                condition=Q(state__in=ANSWERING, answer_due_at__isnull=False)
                | ~Q(state__in=ANSWERING) & Q(answer_due_at=None),
            ),
            models.CheckConstraint(
                name="dossier_referenced",
                condition=Q(
                    state__in=_GRANTED,
                    referenced_at__isnull=False,
                    decided_at__gte=F("referenced_at"),
                    decided_by__isnull=False,
                )
                | ~Q(state__in=_GRANTED) & Q(referenced_at=None, decided_at=None, decided_by=None),
            ),
            models.CheckConstraint(
                name="dossier_suspended",
                condition=Q(state="suspended", suspended_at__isnull=False, suspended_by__isnull=False)
                & ~Q(suspension_reason="")
                | ~Q(state="suspended")
                & Q(suspended_at=None, suspended_by=None, suspended_until=None, suspension_reason=""),
            ),
            models.CheckConstraint(
                name="dossier_ended",
                condition=Q(state__in=ENDED, ended_at__isnull=False) & ~Q(end_reason="")
                | ~Q(state__in=ENDED) & Q(ended_at=None, ended_by=None, end_reason=""),
            ),
            models.CheckConstraint(
                name="dossier_ended_by",
                condition=~Q(state__in=ENDED)
                | Q(state="lapsed", ended_by=None)
                | ~Q(state="lapsed") & Q(ended_by__isnull=False),
            ),
            models.CheckConstraint(
                name="dossier_withdrawn",
                condition=Q(state="withdrawn", end_effect_at__isnull=False) & ~Q(end_ground="")
                | ~Q(state="withdrawn") & Q(end_effect_at=None, end_ground="", retroactive=False),
            ),
            models.CheckConstraint(
                name="dossier_replaced", condition=~Q(state="replaced") | Q(successor__isnull=False)
            ),
            models.CheckConstraint(name="dossier_successor_other", condition=~Q(successor=F("pk"))),
        ]
        triggers = [
            *lifecycle_triggers(REFERENCING),
            frozen_when(
                "identity_frozen",
                "TRUE",
                (
                    "programme_id",
                    "software_version_id",
                    "requirement_set_id",
                    "rule_set_id",
                    "created_at",
                    "created_by_id",
                ),
            ),
            frozen_when("content_frozen", "OLD.submitted_at IS NOT NULL", ("profiles", "nie", "nil")),
            frozen_when("charter_final", "OLD.charter_at IS NOT NULL", ("charter_at", "charter_by_id")),
            frozen_when(
                "complete_final", "OLD.complete_at IS NOT NULL", ("complete_at", "confirmed_at", "confirmed_by_id")
            ),
            frozen_when(
                "referenced_final", "OLD.referenced_at IS NOT NULL", ("referenced_at", "decided_at", "decided_by_id")
            ),
            never_deleted(),
        ]

    def __str__(self) -> str:
        return str(self.software_version)

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("referencing:dossier", args=[self.pk])

    @property
    def state_label(self) -> str:
        """The state in French."""
        return REFERENCING.labels[str(self.state)]

    def _end(self, actor: Actor, at: datetime, reason: str) -> None:
        self.ended_at, self.ended_by_id, self.end_reason, self.answer_due_at = at, actor.user_id, reason, None

    @moves(REFERENCING, "edit")
    def edit(self, *, actor: Actor, at: datetime, profiles: list[str], nie: str, nil: str) -> None:
        self.profiles, self.nie, self.nil = profiles, nie, nil

    @moves(REFERENCING, "accept_charter")
    def accept_charter(self, *, actor: Actor, at: datetime) -> None:
        self.charter_at, self.charter_by_id = at, actor.user_id

    @moves(REFERENCING, "deposit")
    def deposit(self, *, actor: Actor, at: datetime) -> None:
        """The file is a row of ``Proof``."""

    @moves(REFERENCING, "retract")
    def retract(self, *, actor: Actor, at: datetime) -> None:
        """The withdrawal is written on the ``Proof``."""

    @moves(REFERENCING, "announce")
    def announce(self, *, actor: Actor, at: datetime) -> None:
        """The date is a row of ``Announcement``."""

    @moves(REFERENCING, "declare_obsolete")
    def declare_obsolete(self, *, actor: Actor, at: datetime) -> None:
        """The version is a row of ``ObsoleteVersion``."""

    @moves(REFERENCING, "restore_version")
    def restore_version(self, *, actor: Actor, at: datetime) -> None:
        """The taking back is written on the ``ObsoleteVersion``."""

    @moves(REFERENCING, "submit")
    def submit(self, *, actor: Actor, at: datetime) -> None:
        self.submitted_at, self.submitted_by_id = at, actor.user_id

    @moves(REFERENCING, "answer")
    def answer(self, *, actor: Actor, at: datetime) -> None:
        self.submitted_at, self.submitted_by_id, self.answer_due_at = at, actor.user_id, None

    @moves(REFERENCING, "correct")
    def correct(self, *, actor: Actor, at: datetime) -> None:
        self.submitted_at, self.submitted_by_id, self.answer_due_at = at, actor.user_id, None

    @moves(REFERENCING, "abandon")
    def abandon(self, *, actor: Actor, at: datetime, reason: str) -> None:
        self._end(actor, at, reason)

    @moves(REFERENCING, "ask_pieces")
    def ask_pieces(self, *, actor: Actor, at: datetime, due_at: datetime) -> None:
        self.answer_due_at = due_at

    @moves(REFERENCING, "confirm_complete")
    def confirm_complete(self, *, actor: Actor, at: datetime, complete_at: datetime) -> None:
        self.complete_at, self.confirmed_at, self.confirmed_by_id = complete_at, at, actor.user_id

    @moves(REFERENCING, "start_review")
    def start_review(self, *, actor: Actor, at: datetime) -> None:
        """Nothing more than the state."""

    @moves(REFERENCING, "judge")
    def judge(self, *, actor: Actor, at: datetime) -> None:
        """The verdicts are rows of ``Verdict``."""

    @moves(REFERENCING, "ask_corrections")
    def ask_corrections(self, *, actor: Actor, at: datetime, due_at: datetime) -> None:
        self.answer_due_at = due_at
        self.iterations += 1

    @moves(REFERENCING, "extend")
    def extend(self, *, actor: Actor, at: datetime, due_at: datetime) -> None:
        self.answer_due_at = due_at

    @moves(REFERENCING, "propose")
    def propose(self, *, actor: Actor, at: datetime) -> None:
        """The proposal is a row of ``Proposal``."""

    @moves(REFERENCING, "send_back")
    def send_back(self, *, actor: Actor, at: datetime) -> None:
        """The answer is written on the ``Proposal``."""

    @moves(REFERENCING, "reference")
    def reference(self, *, actor: Actor, at: datetime, effective_at: datetime) -> None:
        self.referenced_at, self.decided_at, self.decided_by_id = effective_at, at, actor.user_id

    @moves(REFERENCING, "refuse")
    def refuse(self, *, actor: Actor, at: datetime, reason: str) -> None:
        self._end(actor, at, reason)

    @moves(REFERENCING, "suspend")
    def suspend(self, *, actor: Actor, at: datetime, reason: str, until: date | None) -> None:
        self.suspended_at, self.suspended_by_id, self.suspension_reason = at, actor.user_id, reason
        self.suspended_until = until

    @moves(REFERENCING, "resume")
    def resume(self, *, actor: Actor, at: datetime) -> None:
        self._clear_suspension()

    @moves(REFERENCING, "withdraw")
    def withdraw(
        self, *, actor: Actor, at: datetime, reason: str, effect_at: datetime, ground: str, retroactive: bool
    ) -> None:
        self._end(actor, at, reason)
        self._clear_suspension()
        self.end_effect_at, self.end_ground, self.retroactive = effect_at, ground, retroactive

    @moves(REFERENCING, "name_successor")
    def name_successor(self, *, actor: Actor, at: datetime, successor: UUID) -> None:
        self.successor_id = successor

    @moves(REFERENCING, "replace")
    def replace(self, *, actor: Actor, at: datetime, reason: str) -> None:
        self._end(actor, at, reason)

    @moves(REFERENCING, "lapse")
    def lapse(self, *, actor: Actor, at: datetime, reason: str) -> None:
        self._end(actor, at, reason)

    def _clear_suspension(self) -> None:
        self.suspended_at = self.suspended_by_id = self.suspended_until = None
        self.suspension_reason = ""
