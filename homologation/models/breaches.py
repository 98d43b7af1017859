"""The register of personal data breaches (RGPD art. 33(5)): one row a breach, kept for good, drills counted apart."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import Exact
from django.urls import reverse

from homologation.domain.breach_lifecycle import BREACH, COUNTING
from homologation.domain.breaches import DELAYS, KINDS, REASONED, SOURCES, Persons, number_words
from homologation.domain.feedback import Risked
from homologation.models.breach_guards import awareness_kept, case_of_the_pharmacy, closed_says_scope, without_gaps
from homologation.models.named_risk import RISK, NamesRisk, named_at_the_end
from portal.accounts.actors import Actor
from portal.triggers import frozen_when, never_deleted, never_truncated
from portal.workflow.models import Stateful, lifecycle_triggers, moves, state_check, state_field

_UNSURE = ["suspicion", "not_a_breach"]
_UNSENT = [*_UNSURE, "confirmed", "to_notify"]
_SENT = ["notified", "completed"]
_REASONED = [one.value for one in REASONED]


class Breach(NamesRisk, Stateful):
    """One suspicion or breach of a pharmacy; a ``drill`` has its own numbers. Business time; instants are UTC.

    Two clocks: ``detected_at`` (first signs) and ``aware_at`` (reasonable certainty), from which ``deadline_at`` is 72
    elapsed hours. ``contents``: art. 33(3) by key, None for « encore inconnu ». ``processor_…``: when the editor knew,
    when it told the pharmacy (art. 33(2)). ``case``: the alert of supervision that was escalated into it. No patient is
    ever named: services refuse such numbers. People of the
    pharmacy are named by their id alone: erasing a person empties their account, the register stays as the law asks.
    """

    state = state_field(BREACH)
    pharmacy = models.ForeignKey("registry.Pharmacy", on_delete=models.PROTECT, related_name="breaches")
    drill = models.BooleanField(default=False)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    detected_at = models.DateTimeField()
    source = models.CharField(max_length=12)
    case = models.OneToOneField(
        "homologation.SupervisionCase", null=True, on_delete=models.PROTECT, related_name="breach"
    )
    signs = models.TextField(help_text="what was noticed, and by whom")
    occurred_from = models.DateTimeField(null=True)
    occurred_to = models.DateTimeField(null=True)
    processor_aware_at = models.DateTimeField(null=True)
    processor_informed_at = models.DateTimeField(null=True)
    kinds = models.JSONField(default=list)
    contents = models.JSONField(default=dict)
    cause = models.TextField(blank=True)
    systems = models.TextField(blank=True)
    certificate_exposed = models.BooleanField(default=False)
    aware_at = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField(null=True)
    no_risk_reason = models.TextField(blank=True)
    first_sent_at = models.DateTimeField(null=True)
    delay_category = models.CharField(max_length=12, blank=True)
    delay_reason = models.TextField(blank=True)
    delay_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    persons = models.CharField(max_length=12, default=Persons.UNDECIDED.value)
    persons_reason = models.TextField(blank=True)
    persons_informed_at = models.DateTimeField(null=True)
    facts = models.TextField(blank=True)
    effects = models.TextField(blank=True)
    remedial = models.TextField(blank=True)
    in_scope = models.BooleanField(null=True, help_text="whether its cause touches the use of INSi, once closed")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True, help_text="why it is no breach")

    class Meta:
        ordering = ["pharmacy_id", "-declared_at"]
        constraints = [
            state_check("breach_state_known", BREACH),
            models.UniqueConstraint(name="breach_number", fields=["pharmacy", "drill", "year", "number"]),
            models.CheckConstraint(name="breach_source_known", condition=Q(source__in=list(SOURCES)) & ~Q(signs="")),
            models.CheckConstraint(name="breach_of_an_alert", condition=Q(case=None) | Q(source="alert", drill=False)),
            named_at_the_end("breach_risk"),
            models.CheckConstraint(name="breach_detected", condition=Q(detected_at__lte=F("declared_at"))),
            models.CheckConstraint(
                name="breach_span",
                condition=Q(occurred_from=None) | Q(occurred_to=None) | Q(occurred_to__gte=F("occurred_from")),
            ),
            models.CheckConstraint(name="breach_kinds_known", condition=Q(kinds__contained_by=list(KINDS))),
            models.CheckConstraint(
                name="breach_aware",
                condition=Q(state__in=_UNSURE, aware_at=None, deadline_at=None)
                | ~Q(state__in=_UNSURE)
                & Q(aware_at__isnull=False, aware_at__gte=F("detected_at"), deadline_at__isnull=False),
            ),
            models.CheckConstraint(
                name="breach_seventy_two_hours",
                condition=Q(aware_at=None) | Q(Exact(F("deadline_at") - F("aware_at"), timedelta(hours=72))),
            ),
            models.CheckConstraint(
                name="breach_sent",
                condition=(Q(first_sent_at__isnull=False) | ~Q(state__in=_SENT))
                & (Q(first_sent_at=None) | ~Q(state__in=_UNSENT))
                & (Q(first_sent_at=None) | Q(first_sent_at__gte=F("aware_at"))),
            ),
            models.CheckConstraint(
                name="breach_late_says_why",
                condition=Q(first_sent_at=None)
                | Q(first_sent_at__lte=F("deadline_at"))
                | ~Q(delay_reason="") & Q(delay_category__in=list(DELAYS), delay_by__isnull=False),
            ),
            models.CheckConstraint(
                name="breach_no_risk_says_why", condition=~Q(state="documented") | ~Q(no_risk_reason="")
            ),
            models.CheckConstraint(
                name="breach_persons",
                condition=Q(persons__in=[one.value for one in Persons])
                & (~Q(persons__in=_REASONED) | ~Q(persons_reason=""))
                & (
                    Q(persons="informed", persons_informed_at__isnull=False)
                    | ~Q(persons="informed") & Q(persons_informed_at=None)
                ),
            ),
            models.CheckConstraint(
                name="breach_closed",
                condition=~Q(state="closed")
                | Q(ended_at__isnull=False)
                & ~Q(facts="")
                & ~Q(effects="")
                & ~Q(remedial="")
                & ~Q(persons__in=["undecided", "required"]),
            ),
            models.CheckConstraint(
                name="breach_dismissed",
                condition=Q(state="not_a_breach", ended_at__isnull=False) & ~Q(end_reason="")
                | ~Q(state="not_a_breach") & Q(end_reason=""),
            ),
            models.CheckConstraint(
                name="breach_ended",
                condition=Q(ended_at=None) | Q(state__in=["not_a_breach", "closed"]),
            ),
        ]
        triggers = [
            *lifecycle_triggers(BREACH),
            without_gaps(),
            awareness_kept(),
            case_of_the_pharmacy(),
            frozen_when(
                "identity_frozen",
                "TRUE",
                (
                    "pharmacy_id",
                    "drill",
                    "year",
                    "number",
                    "declared_at",
                    "declared_by_id",
                    "detected_at",
                    "signs",
                    "case_id",
                ),
            ),
            frozen_when("first_sent_frozen", "OLD.first_sent_at IS NOT NULL", ("first_sent_at",)),
            frozen_when(
                "ended_is_final",
                "OLD.ended_at IS NOT NULL",
                (
                    "contents",
                    "aware_at",
                    "facts",
                    "effects",
                    "remedial",
                    "in_scope",
                    *RISK,
                    "ended_at",
                    "end_reason",
                    "persons",
                ),
            ),
            closed_says_scope(),
            never_deleted(),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """« VIO-2023-0001 », « EXE-2023-0001 » for a drill."""
        return number_words(self.drill, self.year, self.number)

    @property
    def is_late(self) -> bool:
        """Whether the first notification came after the deadline in force."""
        return bool(self.first_sent_at and self.deadline_at and self.first_sent_at > self.deadline_at)

    def counted_until(self, now: datetime) -> datetime | None:
        """Until when the 72 hours ran: the first notification, or ``now`` while they run; None where none is due."""
        return self.first_sent_at or (now if self.state in COUNTING else None)

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("homologation:breach", args=[self.pk])

    @moves(BREACH, "describe")
    def describe(self, *, actor: Actor, at: datetime, said: dict[str, Any]) -> None:
        """Every wording is also a row of ``BreachEntry``."""
        for name, value in said.items():
            setattr(self, name, value)

    @moves(BREACH, "note")
    def note(self, *, actor: Actor, at: datetime) -> None:
        """The note is a row of ``BreachEntry``."""

    @moves(BREACH, "dismiss")
    def dismiss(self, *, actor: Actor, at: datetime, reason: str) -> None:
        self.ended_at, self.end_reason = at, reason

    @moves(BREACH, "confirm")
    def confirm(self, *, actor: Actor, at: datetime, aware_at: datetime, deadline_at: datetime) -> None:
        self.aware_at, self.deadline_at = aware_at, deadline_at

    @moves(BREACH, "correct_awareness")
    def correct_awareness(
        self, *, actor: Actor, at: datetime, aware_at: datetime, deadline_at: datetime, delay: dict[str, Any]
    ) -> None:
        """The former value stays as a row of ``BreachEntry``."""
        self.aware_at, self.deadline_at = aware_at, deadline_at
        self._delay(delay, actor)

    @moves(BREACH, "document_no_risk")
    def document_no_risk(self, *, actor: Actor, at: datetime, reason: str) -> None:
        """No risk at all: nobody is to be informed either."""
        self.no_risk_reason = reason
        self.persons, self.persons_reason = Persons.NOT_REQUIRED.value, reason

    @moves(BREACH, "decide_to_notify")
    def decide_to_notify(self, *, actor: Actor, at: datetime) -> None:
        """Who is to be informed is decided anew."""
        if self.no_risk_reason:
            self.persons, self.persons_reason = Persons.UNDECIDED.value, ""

    @moves(BREACH, "notify")
    def notify(self, *, actor: Actor, at: datetime, sent_at: datetime, delay: dict[str, Any]) -> None:
        """What was sent is a row of ``BreachNotification``."""
        self.first_sent_at = sent_at
        self._delay(delay, actor)

    def _delay(self, delay: dict[str, Any], actor: Actor) -> None:
        if delay:
            self.delay_category, self.delay_reason = delay["category"], delay["reason"]
            self.delay_by_id = actor.user_id

    @moves(BREACH, "complement")
    def complement(self, *, actor: Actor, at: datetime) -> None:
        """The same."""

    @moves(BREACH, "file_receipt")
    def file_receipt(self, *, actor: Actor, at: datetime) -> None:
        """The file is a row of ``BreachReceipt``."""

    @moves(BREACH, "complete")
    def complete(self, *, actor: Actor, at: datetime) -> None:
        """The last notification says everything."""

    @moves(BREACH, "settle_persons")
    def settle_persons(self, *, actor: Actor, at: datetime, persons: str, reason: str) -> None:
        self.persons, self.persons_reason = persons, reason

    @moves(BREACH, "inform_persons")
    def inform_persons(self, *, actor: Actor, at: datetime, informed_at: datetime, how: str) -> None:
        self.persons, self.persons_reason = Persons.INFORMED.value, how
        self.persons_informed_at = informed_at

    @moves(BREACH, "close")
    def close(self, *, actor: Actor, at: datetime, said: dict[str, str], in_scope: bool, risk: Risked) -> None:
        """``said``: facts, effects and remedial action (art. 33(5))."""
        for name, text in said.items():
            setattr(self, name, text)
        self.ended_at, self.in_scope = at, in_scope
        self.name_risk(risk)
