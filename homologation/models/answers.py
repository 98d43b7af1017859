"""Answers with their provenance: every revision for good, the current one of each question, what editors propose."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from homologation.domain.answers import Answer as Said
from homologation.domain.answers import Provenance, Status
from portal.triggers import append_only, never_deleted, never_truncated

_WHILE_FILLED_IN = """
    IF NOT EXISTS (SELECT 1 FROM homologation_insidossier d WHERE d.id = NEW.dossier_id AND d.state = 'draft') THEN
        RAISE EXCEPTION 'dossier % is not being filled in', NEW.dossier_id;
    END IF;
    RETURN NEW;
"""
_FOLLOWS = """
    IF NOT EXISTS (
        SELECT 1 FROM homologation_answerrevision r
        WHERE r.id = NEW.revision_id AND r.dossier_id = NEW.dossier_id AND r.key = NEW.key
          AND r.number = (SELECT max(number) FROM homologation_answerrevision l
                          WHERE l.dossier_id = NEW.dossier_id AND l.key = NEW.key)
    ) THEN
        RAISE EXCEPTION 'the current answer to % is its last revision', NEW.key;
    END IF;
    RETURN NEW;
"""


class PrefillPack(models.Model):
    """What a supplier proposes to every pharmacy that uses a software version: ``values`` by key. Append-only.

    A later ``number`` takes the place of those before. Nobody is named but who published it, by their id.
    """

    supplier = models.ForeignKey("registry.Supplier", on_delete=models.PROTECT, related_name="+")
    software_version = models.ForeignKey("registry.SoftwareVersion", on_delete=models.PROTECT, related_name="+")
    questionnaire = models.ForeignKey("homologation.QuestionnaireVersion", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    values = models.JSONField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["software_version", "number"]
        constraints = [
            models.UniqueConstraint(name="prefill_pack_number", fields=["software_version", "number"]),
            models.CheckConstraint(name="prefill_pack_sha256", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
        ]
        triggers = [append_only(), never_truncated()]

    def __str__(self) -> str:
        return f"{self.software_version} pack {self.number}"

    @property
    def source(self) -> str:
        """How answers name it."""
        return f"{self.pk}"


class AnswerRevision(models.Model):
    """One thing said of one question, ``number`` counting from 1. Append-only, and only while the dossier is filled in.

    ``said_by`` is None for the portal (a supplier's proposal, an answer carried over); ``source``: the pack or the
    dossier it came from; ``imported``: hash of the export it was read from. A value may name the pharmacy's staff
    (2.2): it is kept as long as the dossier, which the law asks to show; no patient is ever named. Erasing a person
    who answered empties their account; the row stays.
    """

    id = models.BigAutoField(primary_key=True)
    dossier = models.ForeignKey("homologation.InsiDossier", on_delete=models.PROTECT, related_name="revisions")
    key = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    value = models.JSONField(null=True)
    status = models.CharField(max_length=12)
    reason = models.TextField(blank=True)
    provenance = models.CharField(max_length=16)
    source = models.CharField(max_length=80, blank=True)
    imported = models.CharField(max_length=64, blank=True)
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)

    class Meta:
        ordering = ["dossier", "key", "number"]
        constraints = [
            models.UniqueConstraint(name="answer_revision_number", fields=["dossier", "key", "number"]),
            models.CheckConstraint(name="answer_revision_counts", condition=Q(number__gte=1)),
            models.CheckConstraint(name="answer_revision_status", condition=Q(status__in=[s.value for s in Status])),
            models.CheckConstraint(
                name="answer_revision_origin", condition=Q(provenance__in=[p.value for p in Provenance])
            ),
            models.CheckConstraint(
                name="answer_revision_value",
                condition=Q(status__in=["proposed", "confirmed", "modified"], value__isnull=False)
                | Q(status__in=["empty", "unknown", "void"], value__isnull=True),
            ),
            models.CheckConstraint(name="answer_revision_void", condition=~Q(status="void") | ~Q(reason="")),
        ]
        triggers = [
            append_only(),
            never_truncated(),
            pgtrigger.Trigger(
                name="while_filled_in", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_WHILE_FILLED_IN
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} #{self.number}"

    @property
    def said(self) -> Said:
        """The same as the rules take it."""
        return Said(
            value=self.value,
            status=Status(self.status),
            reason=self.reason,
            provenance=Provenance(self.provenance),
            source=self.source,
            version=self.number,
        )


class Answer(models.Model):
    """The current answer to one question: its last revision. ``declined``: the last pack set aside for it."""

    id = models.BigAutoField(primary_key=True)
    dossier = models.ForeignKey("homologation.InsiDossier", on_delete=models.PROTECT, related_name="answers")
    key = models.CharField(max_length=60)
    revision = models.OneToOneField(AnswerRevision, on_delete=models.PROTECT, related_name="current")
    declined = models.ForeignKey(PrefillPack, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["dossier", "key"]
        constraints = [models.UniqueConstraint(name="answer_once", fields=["dossier", "key"])]
        triggers = [
            never_deleted(),
            pgtrigger.Trigger(
                name="follows_its_revisions",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_FOLLOWS,
            ),
        ]

    def __str__(self) -> str:
        return self.key
