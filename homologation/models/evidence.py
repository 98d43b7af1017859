"""The pieces that a pharmacy joins as proofs, and their files: nothing is removed, a withdrawn one keeps its reason."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from homologation.domain.evidence import LONGEST_REASON, LONGEST_ROW, LONGEST_TITLE, Kind, ref_of
from homologation.domain.evidence_lifecycle import EVIDENCE
from homologation.domain.risks import RISKS
from portal.accounts.actors import Actor
from portal.documents.domain.incoming import PROOFS
from portal.triggers import append_only, frozen_when, never_deleted, never_truncated
from portal.workflow.models import Stateful, lifecycle_triggers, moves, state_check, state_field

_NO_OBJECT = Q(breach=None, case=None)
_NO_ANSWER = Q(question="", row="")

_OF_ITS_PHARMACY = """
    IF NOT EXISTS (SELECT 1 FROM homologation_breach b WHERE b.id = NEW.breach_id AND b.pharmacy_id = NEW.pharmacy_id)
       AND NEW.breach_id IS NOT NULL
       OR NOT EXISTS (
           SELECT 1 FROM homologation_supervisioncase c
           WHERE c.id = NEW.case_id AND c.pharmacy_id = NEW.pharmacy_id
       ) AND NEW.case_id IS NOT NULL
    THEN
        RAISE EXCEPTION 'of_its_pharmacy: what a piece backs is of the pharmacy that joins it';
    END IF;
    RETURN NEW;
"""
_STILL_HELD = """
    IF EXISTS (SELECT 1 FROM homologation_insievidence e WHERE e.id = NEW.evidence_id AND e.state <> 'held') THEN
        RAISE EXCEPTION 'still_held: a withdrawn piece takes no file any more';
    END IF;
    RETURN NEW;
"""


class InsiEvidence(Stateful):
    """One piece of a pharmacy, ``number`` in its own series; what it says and its file are its last revision.

    ``question`` (a key of the form) with, for a risk, the ``row`` of its table; or a ``breach``, or a ``case`` of
    supervision. Business time. People are named by their id alone: erasing a person empties their account, the piece
    stays as proof, with its files, which may name staff and never a patient.
    """

    state = state_field(EVIDENCE)
    pharmacy = models.ForeignKey("registry.Pharmacy", on_delete=models.PROTECT, related_name="insi_evidence")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8)
    question = models.CharField(max_length=60, blank=True)
    row = models.CharField(max_length=LONGEST_ROW, blank=True)
    breach = models.ForeignKey("homologation.Breach", null=True, on_delete=models.PROTECT, related_name="evidence")
    case = models.ForeignKey(
        "homologation.SupervisionCase", null=True, on_delete=models.PROTECT, related_name="evidence"
    )
    deposited_at = models.DateTimeField()
    deposited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdraw_reason = models.CharField(max_length=LONGEST_REASON, blank=True)

    class Meta:
        ordering = ["pharmacy_id", "number"]
        constraints = [
            state_check("insi_evidence_state_known", EVIDENCE),
            models.UniqueConstraint(name="insi_evidence_number", fields=["pharmacy", "number"]),
            models.CheckConstraint(
                name="insi_evidence_about",
                condition=Q(kind=Kind.QUESTION.value, row="") & ~Q(question="") & _NO_OBJECT
                | Q(kind=Kind.RISK.value, question=RISKS) & ~Q(row="") & _NO_OBJECT
                | Q(kind=Kind.BREACH.value, breach__isnull=False, case=None) & _NO_ANSWER
                | Q(kind=Kind.CASE.value, case__isnull=False, breach=None) & _NO_ANSWER,
            ),
            models.CheckConstraint(
                name="insi_evidence_withdrawn",
                condition=Q(state="withdrawn", withdrawn_at__gte=F("deposited_at"), withdrawn_at__isnull=False)
                & Q(withdrawn_by__isnull=False)
                & ~Q(withdraw_reason="")
                | Q(state="held", withdrawn_at=None, withdrawn_by=None, withdraw_reason=""),
            ),
        ]
        triggers = [
            *lifecycle_triggers(EVIDENCE),
            frozen_when(
                "identity_frozen",
                "TRUE",
                (
                    *("pharmacy_id", "number", "kind", "question", "row"),
                    *("breach_id", "case_id", "deposited_at", "deposited_by_id"),
                ),
            ),
            frozen_when(
                "withdrawn_final",
                "OLD.withdrawn_at IS NOT NULL",
                ("withdrawn_at", "withdrawn_by_id", "withdraw_reason"),
            ),
            pgtrigger.Trigger(
                name="of_its_pharmacy", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_OF_ITS_PHARMACY
            ),
            never_deleted(),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """« PJ3 »."""
        return ref_of(self.number)

    @moves(EVIDENCE, "replace")
    def replace(self, *, actor: Actor, at: datetime) -> None:
        """The new file is a row of ``EvidenceRevision``."""

    @moves(EVIDENCE, "withdraw")
    def withdraw(self, *, actor: Actor, at: datetime, reason: str) -> None:
        self.withdrawn_at, self.withdrawn_by_id, self.withdraw_reason = at, actor.user_id, reason


class EvidenceRevision(models.Model):
    """One file of a piece, ``number`` counting from 1: the last one is current, those before stay to be downloaded.

    The file lies under ``sha256``; ``size`` in bytes. ``label``: what its sender called it, to be shown; ``suffix``:
    what its name ends with, by its content. ``valid_until``: its last day, None for one without an end. Append-only.
    """

    evidence = models.ForeignKey(InsiEvidence, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=LONGEST_TITLE)
    label = models.CharField(max_length=120)
    media_type = models.CharField(max_length=40)
    suffix = models.CharField(max_length=8)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    valid_until = models.DateField(null=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["evidence", "number"]
        constraints = [
            models.UniqueConstraint(name="evidence_revision_number", fields=["evidence", "number"]),
            models.CheckConstraint(
                name="evidence_revision_file",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$", size__gt=0, number__gte=1)
                & Q(media_type__in=sorted(PROOFS), suffix__regex=r"^\.[a-z]{3,4}$"),
            ),
            models.CheckConstraint(name="evidence_revision_says", condition=~Q(title="") & ~Q(label="")),
        ]
        triggers = [
            append_only(),
            pgtrigger.Trigger(name="still_held", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_STILL_HELD),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id} #{self.number}"
