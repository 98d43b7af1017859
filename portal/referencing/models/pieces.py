"""What hangs on a dossier: proofs, requests, verdicts, proposals, announced dates, obsolete versions. Business time."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.referencing.domain.decisions import DECISION_LABELS, OUTCOME_LABELS, WITHDRAWAL_GROUNDS, Decision, Outcome
from portal.triggers import append_only, frozen_when, never_deleted


def _person(*, null: bool = False) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, null=null, on_delete=models.PROTECT, related_name="+")


def _dossier(name: str) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey("referencing.ReferencingDossier", on_delete=models.PROTECT, related_name=name)


class Proof(models.Model):
    """One file deposited in a chapter. Withdrawn with a reason, never deleted; the bytes lie under their SHA-256."""

    dossier = _dossier("proofs")
    chapter = models.CharField(max_length=20)
    covers = models.JSONField(help_text="codes of the expected proofs that it answers")
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    deposited_at = models.DateTimeField()
    deposited_by = _person()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = _person(null=True)
    withdraw_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["deposited_at", "id"]
        constraints = [
            models.CheckConstraint(name="proof_file", condition=Q(sha256__regex=r"^[0-9a-f]{64}$", size__gt=0)),
            models.CheckConstraint(name="proof_covers", condition=~Q(covers=[])),
            models.CheckConstraint(
                name="proof_withdrawn_whole",
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdraw_reason="")
                | Q(withdrawn_at__gte=F("deposited_at"), withdrawn_by__isnull=False) & ~Q(withdraw_reason=""),
            ),
            models.UniqueConstraint(
                name="proof_file_once", fields=["dossier", "chapter", "sha256"], condition=Q(withdrawn_at=None)
            ),
        ]
        triggers = [
            frozen_when(
                "deposit_frozen",
                "TRUE",
                (
                    "dossier_id",
                    "chapter",
                    "covers",
                    "name",
                    "media_type",
                    "sha256",
                    "size",
                    "deposited_at",
                    "deposited_by_id",
                ),
            ),
            frozen_when(
                "withdrawn_final",
                "OLD.withdrawn_at IS NOT NULL",
                ("withdrawn_at", "withdrawn_by_id", "withdraw_reason"),
            ),
            never_deleted(),
        ]

    def __str__(self) -> str:
        return self.name


class PointRequest(models.Model):
    """What the administration asks of the supplier, by requirement; the limit in force is the dossier's."""

    PIECES, CORRECTIONS = "pieces", "corrections"

    dossier = _dossier("requests")
    kind = models.CharField(max_length=12, choices=[(PIECES, "Compléments"), (CORRECTIONS, "Corrections")])
    points = models.JSONField(help_text="codes of requirements")
    note = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    asked_by = _person()
    due_at = models.DateTimeField(help_text="limit, excluded, as first given")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = _person(null=True)
    reply = models.TextField(blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(name="request_kind", condition=Q(kind__in=["pieces", "corrections"])),
            models.CheckConstraint(name="request_points", condition=~Q(points=[])),
            models.CheckConstraint(name="request_due", condition=Q(due_at__gt=F("asked_at"))),
            models.CheckConstraint(
                name="request_answered_pair",
                condition=Q(answered_at=None, answered_by=None, reply="")
                | Q(answered_at__gte=F("asked_at"), answered_by__isnull=False),
            ),
            models.UniqueConstraint(name="request_one_open", fields=["dossier"], condition=Q(answered_at=None)),
        ]
        triggers = [
            frozen_when(
                "request_frozen", "TRUE", ("dossier_id", "kind", "points", "note", "asked_at", "asked_by_id", "due_at")
            ),
            frozen_when("answer_final", "OLD.answered_at IS NOT NULL", ("answered_at", "answered_by_id", "reply")),
            never_deleted(),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.asked_at:%Y-%m-%d}"


class Verdict(models.Model):
    """The verdict on one requirement at one iteration, append-only: the last one counts."""

    id = models.BigAutoField(primary_key=True)
    dossier = _dossier("verdicts")
    requirement = models.CharField(max_length=20)
    outcome = models.CharField(max_length=12, choices=[(o.value, label) for o, label in OUTCOME_LABELS.items()])
    comment = models.TextField(blank=True)
    iteration = models.PositiveSmallIntegerField()
    judged_at = models.DateTimeField()
    judged_by = _person()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="verdict_outcome", condition=Q(outcome__in=[o.value for o in Outcome])),
            models.CheckConstraint(name="verdict_says_why", condition=~Q(outcome="to_correct") | ~Q(comment="")),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.requirement} {self.outcome}"


class Proposal(models.Model):
    """A decision proposed by an instructor, then taken or sent back by another person."""

    TAKEN, SENT_BACK, MOOT = "taken", "sent_back", "moot"

    dossier = _dossier("proposals")
    decision = models.CharField(max_length=12, choices=[(d.value, label) for d, label in DECISION_LABELS.items()])
    number = models.CharField("numéro unique", max_length=60, blank=True)
    effective_at = models.DateTimeField(null=True, blank=True)
    retroactive = models.BooleanField(default=False)
    ground = models.CharField(max_length=20, blank=True, choices=list(WITHDRAWAL_GROUNDS.items()))
    reason = models.TextField(blank=True)
    recourse = models.TextField(blank=True)
    proposed_at = models.DateTimeField()
    proposed_by = _person()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = _person(null=True)
    outcome = models.CharField(
        max_length=12, blank=True, choices=[(TAKEN, "Prise"), (SENT_BACK, "Renvoyée"), (MOOT, "Sans objet")]
    )
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ["proposed_at", "id"]
        constraints = [
            models.CheckConstraint(name="proposal_decision", condition=Q(decision__in=[d.value for d in Decision])),
            models.CheckConstraint(
                name="proposal_reference",
                condition=~Q(decision="reference") | ~Q(number=""),
            ),
            models.CheckConstraint(
                name="proposal_refuse", condition=~Q(decision="refuse") | ~Q(reason="") & ~Q(recourse="")
            ),
            models.CheckConstraint(
                name="proposal_withdraw", condition=~Q(decision="withdraw") | ~Q(reason="") & ~Q(ground="")
            ),
            models.CheckConstraint(
                name="proposal_closed_whole",
                condition=Q(closed_at=None, closed_by=None, outcome="", answer="")
                | Q(closed_at__gte=F("proposed_at"), closed_by__isnull=False) & ~Q(outcome=""),
            ),
            models.CheckConstraint(
                name="proposal_two_people", condition=~Q(outcome="taken") | ~Q(closed_by=F("proposed_by"))
            ),
            models.CheckConstraint(
                name="proposal_sent_back_says_why", condition=~Q(outcome="sent_back") | ~Q(answer="")
            ),
            models.UniqueConstraint(name="proposal_one_open", fields=["dossier"], condition=Q(closed_at=None)),
        ]
        triggers = [
            frozen_when(
                "proposal_frozen",
                "TRUE",
                (
                    "dossier_id",
                    "decision",
                    "number",
                    "effective_at",
                    "retroactive",
                    "ground",
                    "reason",
                    "recourse",
                    "proposed_at",
                    "proposed_by_id",
                ),
            ),
            frozen_when(
                "closed_final", "OLD.closed_at IS NOT NULL", ("closed_at", "closed_by_id", "outcome", "answer")
            ),
            never_deleted(),
        ]

    def __str__(self) -> str:
        return f"{self.decision} {self.proposed_at:%Y-%m-%d}"


class Announcement(models.Model):
    """The day on which the supplier says its version will be référencée, append-only: the last one counts."""

    id = models.BigAutoField(primary_key=True)
    dossier = _dossier("announcements")
    day = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    announced_at = models.DateTimeField()
    announced_by = _person()

    class Meta:
        ordering = ["-id"]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class ObsoleteVersion(models.Model):
    """A version that the supplier declares obsolete: only catching up from it may be billed (ES-FAQ)."""

    dossier = _dossier("obsolete_versions")
    label = models.CharField(max_length=60)
    note = models.CharField(max_length=300, blank=True)
    declared_at = models.DateTimeField()
    declared_by = _person()
    restored_at = models.DateTimeField(null=True, blank=True)
    restored_by = _person(null=True)
    restore_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["label", "id"]
        constraints = [
            models.UniqueConstraint(name="obsolete_once", fields=["dossier", "label"], condition=Q(restored_at=None)),
            models.CheckConstraint(
                name="obsolete_restored_whole",
                condition=Q(restored_at=None, restored_by=None, restore_reason="")
                | Q(restored_at__gte=F("declared_at"), restored_by__isnull=False) & ~Q(restore_reason=""),
            ),
        ]
        triggers = [
            frozen_when("declaration_frozen", "TRUE", ("dossier_id", "label", "note", "declared_at", "declared_by_id")),
            frozen_when(
                "restored_final", "OLD.restored_at IS NOT NULL", ("restored_at", "restored_by_id", "restore_reason")
            ),
            never_deleted(),
        ]

    def __str__(self) -> str:
        return self.label
