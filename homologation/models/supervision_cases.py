"""The cases that the alerts of a monthly report open, and the reminders of good practice given in them."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from homologation.domain.cases import ACTIONS, CAUSES, SUPERVISION_CASE
from homologation.domain.feedback import Risked
from homologation.domain.supervision import WHO_LABELS
from homologation.models.named_risk import RISK, NamesRisk, named_at_the_end
from portal.accounts.actors import Actor
from portal.triggers import frozen_when, never_deleted, never_truncated
from portal.workflow.models import Stateful, lifecycle_triggers, moves, state_check, state_field

_ANALYSED, _ENDED = ["analysed", "acted", "escalated"], ["closed", "escalated"]


class SupervisionCase(NamesRisk, Stateful):
    """What was done about the alerts of one month of a pharmacy, from the alert to its end. Business time.

    ``alerts``: rule, sentence and account of each, as they stood; ``digest`` their SHA-256: the same alerts open one
    case. ``who``: « l’ensemble des employés ou une personne ». People are named by their id; what the pharmacist
    writes (``detail``, ``analysis``, ``action``, ``end_note``) may name staff, never a patient, and is kept as the
    proof that the law asks for. Erasing a person empties their account, the case stays.
    """

    state = state_field(SUPERVISION_CASE)
    pharmacy = models.ForeignKey("registry.Pharmacy", on_delete=models.PROTECT, related_name="supervision_cases")
    month = models.DateField()
    report = models.ForeignKey("homologation.SupervisionReport", on_delete=models.PROTECT, related_name="cases")
    alerts = models.JSONField()
    digest = models.CharField(max_length=64)
    who = models.CharField(max_length=12, choices=list(WHO_LABELS.items()))
    opened_at = models.DateTimeField()
    detail_asked_at = models.DateTimeField(null=True)
    detail_due_on = models.DateField(null=True)
    detail_received_at = models.DateTimeField(null=True)
    detail = models.TextField(blank=True)
    cause = models.CharField(max_length=12, blank=True, choices=list(CAUSES.items()))
    analysis = models.TextField(blank=True)
    analysed_at = models.DateTimeField(null=True)
    analysed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    actions = models.JSONField(default=list)
    action = models.TextField(blank=True)
    acted_at = models.DateTimeField(null=True)
    acted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    end_note = models.TextField(blank=True)

    class Meta:
        ordering = ["-opened_at", "pk"]
        constraints = [
            state_check("supervision_case_state_known", SUPERVISION_CASE),
            models.UniqueConstraint(name="supervision_case_once", fields=["pharmacy", "month", "digest"]),
            models.CheckConstraint(name="supervision_case_digest", condition=Q(digest__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(name="supervision_case_who", condition=Q(who__in=list(WHO_LABELS))),
            named_at_the_end("supervision_case_risk"),
            models.CheckConstraint(
                name="supervision_case_asked",
                condition=Q(detail_asked_at=None, detail_due_on=None)
                | Q(detail_asked_at__isnull=False, detail_due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="supervision_case_received",
                condition=Q(detail_received_at=None, detail="")
                | Q(detail_received_at__isnull=False, detail_asked_at__isnull=False)
                & Q(detail_received_at__gte=F("detail_asked_at"))
                & ~Q(detail=""),
            ),
            models.CheckConstraint(
                name="supervision_case_analysed",
                condition=Q(analysed_at__isnull=False, analysed_by__isnull=False, cause__in=list(CAUSES))
                & ~Q(analysis="")
                | Q(analysed_at=None, analysed_by=None, cause="", analysis="") & ~Q(state__in=_ANALYSED),
            ),
            models.CheckConstraint(
                name="supervision_case_acted",
                condition=Q(acted_at__isnull=False, analysed_at__isnull=False, acted_by__isnull=False)
                & Q(acted_at__gte=F("analysed_at"))
                & ~Q(actions=[])
                & ~Q(action="")
                | Q(acted_at=None, acted_by=None, actions=[], action="") & ~Q(state="acted"),
            ),
            models.CheckConstraint(
                name="supervision_case_ended",
                condition=Q(state__in=_ENDED, ended_at__isnull=False, ended_at__gte=F("opened_at")) & ~Q(end_note="")
                | ~Q(state__in=_ENDED) & Q(ended_at=None, ended_by=None, end_note=""),
            ),
        ]
        triggers = [
            *lifecycle_triggers(SUPERVISION_CASE),
            frozen_when(
                "alert_frozen",
                "TRUE",
                ("pharmacy_id", "month", "report_id", "alerts", "digest", "who", "opened_at"),
            ),
            frozen_when(
                "ended_final",
                "OLD.ended_at IS NOT NULL",
                ("cause", "analysis", "actions", "action", "detail", "ended_at", "ended_by_id", "end_note", *RISK),
            ),
            never_deleted(),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"Alerte INSi de {self.month:%m/%Y}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("homologation:case", args=[self.pk])

    @property
    def action_labels(self) -> list[str]:
        """What was done, in words."""
        return [ACTIONS[one] for one in self.actions]

    @moves(SUPERVISION_CASE, "ask_detail")
    def ask_detail(self, *, actor: Actor, at: datetime, due_on: date) -> None:
        self.detail_asked_at, self.detail_due_on = at, due_on

    @moves(SUPERVISION_CASE, "receive_detail")
    def receive_detail(self, *, actor: Actor, at: datetime, detail: str) -> None:
        self.detail_received_at, self.detail = at, detail

    @moves(SUPERVISION_CASE, "analyse")
    def analyse(self, *, actor: Actor, at: datetime, cause: str, analysis: str) -> None:
        self.cause, self.analysis = cause, analysis
        self.analysed_at, self.analysed_by_id = at, actor.user_id

    @moves(SUPERVISION_CASE, "engage")
    def engage(self, *, actor: Actor, at: datetime, actions: list[str], action: str) -> None:
        """The people to remind are rows of ``PracticeReminder``."""
        self.actions, self.action = actions, action
        self.acted_at, self.acted_by_id = at, actor.user_id

    @moves(SUPERVISION_CASE, "acknowledge")
    def acknowledge(self, *, actor: Actor, at: datetime) -> None:
        """Who has read is said by a row of ``PracticeReminder``."""

    @moves(SUPERVISION_CASE, "read")
    def read(self, *, actor: Actor, at: datetime) -> None:
        """The same, said by the very person."""

    @moves(SUPERVISION_CASE, "close")
    def close(self, *, actor: Actor, at: datetime, note: str, risk: Risked) -> None:
        self._end(actor, at, note)
        self.name_risk(risk)

    @moves(SUPERVISION_CASE, "escalate")
    def escalate(self, *, actor: Actor, at: datetime, note: str) -> None:
        self._end(actor, at, note)

    @moves(SUPERVISION_CASE, "drop")
    def drop(self, *, actor: Actor, at: datetime, note: str) -> None:
        self._end(actor, at, note)

    def _end(self, actor: Actor, at: datetime, note: str) -> None:
        self.ended_at, self.ended_by_id, self.end_note = at, actor.user_id, note


class PracticeReminder(models.Model):
    """A reminder of good practice given to one person of the pharmacy, and when they said that they had read it.

    ``recipient``: the words by which the pharmacy names that person (most have no account here). Acknowledged once;
    kept with its case as proof, and erased with the case alone.
    """

    case = models.ForeignKey(SupervisionCase, on_delete=models.PROTECT, related_name="reminders")
    position = models.PositiveSmallIntegerField()
    recipient = models.CharField(max_length=120)
    given_at = models.DateTimeField()
    read_on = models.DateField(null=True)
    noted_at = models.DateTimeField(null=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["case", "position"]
        constraints = [
            models.UniqueConstraint(name="practice_reminder_once", fields=["case", "position"]),
            models.CheckConstraint(name="practice_reminder_says", condition=~Q(recipient="")),
            models.CheckConstraint(
                name="practice_reminder_noted",
                condition=Q(read_on=None, noted_at=None, noted_by=None)
                | Q(read_on__isnull=False, noted_at__isnull=False, noted_at__gte=F("given_at"), noted_by__isnull=False),
            ),
        ]
        triggers = [
            frozen_when("reminder_frozen", "TRUE", ("case_id", "position", "recipient", "given_at")),
            frozen_when("read_once", "OLD.noted_at IS NOT NULL", ("read_on", "noted_at", "noted_by_id")),
            never_deleted(),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return self.recipient
