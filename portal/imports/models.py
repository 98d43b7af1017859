"""The trace of each accepted import: which file, when, what it changed, which rows it left out.

A file refused whole and a trial run (``--dry-run``) write nothing, so they leave no row here.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q


class ImportKind(models.TextChoices):
    """What is imported."""

    FINESS = "finess", "Établissements FINESS"
    ANS_LIST = "ans_list", "Liste des logiciels référencés par l’ANS"


class ImportRun(models.Model):
    """One accepted import.

    ``sha256``: of the file as received; ``file_date``: the day that the file describes; ``started_at`` and
    ``finished_at``: machine instants; ``counts``: figures by name, as the command prints them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("nature", max_length=20, choices=ImportKind.choices)
    file_name = models.CharField("fichier", max_length=255)
    sha256 = models.CharField("empreinte", max_length=64)
    file_date = models.DateField("date du fichier", null=True, blank=True)
    started_at = models.DateTimeField("début")
    finished_at = models.DateTimeField("fin")
    counts = models.JSONField("décomptes", default=dict)

    class Meta:
        ordering = ["-finished_at", "id"]
        indexes = [models.Index(name="import_run_latest", fields=["kind", "-file_date"])]
        constraints = [
            models.CheckConstraint(name="import_run_kind_known", condition=Q(kind__in=ImportKind.values)),
            models.CheckConstraint(name="import_run_sha256_form", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(name="import_run_instants", condition=Q(finished_at__gte=F("started_at"))),
            models.CheckConstraint(name="import_run_file_named", condition=~Q(file_name="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"


class ImportReject(models.Model):
    """One row left out: physical line (from 1), column, value cut at 80 characters, reason in French."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rejects")
    line = models.PositiveIntegerField("ligne")
    column = models.CharField("colonne", max_length=80, blank=True)
    value = models.CharField("valeur", max_length=80, blank=True)
    reason = models.CharField("motif", max_length=400)

    class Meta:
        ordering = ["run", "line", "id"]
        constraints = [
            models.CheckConstraint(name="import_reject_line_from_1", condition=Q(line__gte=1)),
            models.CheckConstraint(name="import_reject_says_why", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"ligne {self.line}, {self.column} : {self.reason}"
