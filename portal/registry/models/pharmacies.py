"""Pharmacies by geographic FINESS, and the lineage that carries the right to the funding."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q


class Lineage(models.Model):
    """One pharmacy through its sales, transfers and mergers: the bearer of the single Prestation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    def __str__(self) -> str:
        return str(self.id)


class Pharmacy(models.Model):
    """One geographic site of the national FINESS file. Never deleted: a closed one keeps its proofs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    finess = models.CharField("FINESS géographique", max_length=9, unique=True)
    legal_finess = models.CharField("FINESS juridique", max_length=9, blank=True)
    siret = models.CharField(max_length=14, blank=True, db_index=True)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=200, blank=True)
    postal_code = models.CharField(max_length=5, blank=True)
    city = models.CharField(max_length=80, blank=True)
    department = models.CharField("département FINESS", max_length=3)
    category = models.CharField(max_length=3)
    phone = models.CharField(max_length=20, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    source_date = models.DateField("date du fichier national", null=True, blank=True)
    search_key = models.CharField(max_length=320, help_text="folded name, city and postal code, to search in")
    sort_key = models.CharField(max_length=200, help_text="folded name, to sort by")
    lineage = models.ForeignKey(Lineage, on_delete=models.PROTECT, related_name="pharmacies")
    organisation = models.OneToOneField(
        "accounts.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="pharmacy"
    )

    class Meta:
        ordering = ["sort_key", "finess"]
        indexes = [
            models.Index(name="pharmacy_sort", fields=["sort_key", "finess"]),
            models.Index(name="pharmacy_department", fields=["department", "finess"]),
        ]
        constraints = [
            models.CheckConstraint(name="pharmacy_finess_form", condition=Q(finess__regex=r"^[0-9][0-9A-Z][0-9]{7}$")),
            models.CheckConstraint(name="pharmacy_siret_form", condition=Q(siret="") | Q(siret__regex=r"^[0-9]{14}$")),
            models.CheckConstraint(
                name="pharmacy_dates",
                condition=Q(closed_on=None) | Q(opened_on=None) | Q(closed_on__gte=F("opened_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.finess})"
