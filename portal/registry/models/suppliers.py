"""Suppliers, who may distribute for them, their software and its référencement by the ANS."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from portal.registry.domain.referencing import STATUS_LABELS
from portal.triggers import append_only


class Supplier(models.Model):
    """A supplier (éditeur) or a distributor: both are companies known by their SIRET."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.OneToOneField("accounts.Organisation", on_delete=models.PROTECT, related_name="supplier")
    siret = models.CharField(max_length=14, unique=True)
    name = models.CharField(max_length=200)
    search_key = models.CharField(max_length=200, db_index=True)
    address = models.CharField(max_length=200)
    postal_code = models.CharField(max_length=5)
    city = models.CharField(max_length=80)
    contact_name = models.CharField("responsable de la transaction", max_length=120)
    phone = models.CharField(max_length=20)
    email = models.EmailField()

    class Meta:
        ordering = ["search_key"]
        constraints = [
            models.CheckConstraint(name="supplier_siret_form", condition=Q(siret__regex=r"^[0-9]{14}$")),
        ]

    def __str__(self) -> str:
        return self.name


class DistributorMandate(models.Model):
    """The right of a distributor to act for a supplier over ``[since, until)``."""

    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="mandates_given")
    distributor = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="mandates_held")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="mandate_dates", condition=Q(until=None) | Q(until__gt=F("since"))),
            models.CheckConstraint(name="mandate_two_companies", condition=~Q(supplier=F("distributor"))),
            models.UniqueConstraint(
                name="mandate_one_open", fields=["supplier", "distributor"], condition=Q(until=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.distributor} pour {self.supplier}"


class Software(models.Model):
    """One pharmacy software (LGO) of a supplier."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="software")
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(name="software_name", fields=["supplier", "name"])]

    def __str__(self) -> str:
        return self.name


class SoftwareVersion(models.Model):
    """One version of a software: what an order names and what the ANS references."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    software = models.ForeignKey(Software, on_delete=models.PROTECT, related_name="versions")
    label = models.CharField(max_length=40)

    class Meta:
        ordering = ["software__name", "label"]
        constraints = [models.UniqueConstraint(name="software_version_label", fields=["software", "label"])]

    def __str__(self) -> str:
        return f"{self.software.name} {self.label}"


class Referencing(models.Model):
    """The référencement of one version for one programme; ``number`` is the ANS's numéro unique once given."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="referencings")
    version = models.ForeignKey(SoftwareVersion, on_delete=models.PROTECT, related_name="referencings")
    number = models.CharField("numéro unique de référencement", max_length=60, null=True, blank=True, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="referencing_once", fields=["programme", "version"]),
            models.CheckConstraint(name="referencing_number_filled", condition=Q(number=None) | ~Q(number="")),
        ]

    def __str__(self) -> str:
        return f"{self.version} – {self.number or 'sans numéro'}"


class ReferencingEvent(models.Model):
    """One change of status, append-only and bitemporal: ``effective_at`` in the world, ``recorded_at`` here."""

    id = models.BigAutoField(primary_key=True)
    referencing = models.ForeignKey(Referencing, on_delete=models.PROTECT, related_name="events")
    status = models.CharField(max_length=20, choices=[(s.value, label) for s, label in STATUS_LABELS.items()])
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    reason = models.TextField(blank=True)
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["effective_at", "recorded_at", "id"]
        indexes = [models.Index(name="referencing_history", fields=["referencing", "effective_at"])]
        constraints = [
            models.CheckConstraint(
                name="referencing_status_known", condition=Q(status__in=[s.value for s in STATUS_LABELS])
            ),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.referencing_id} {self.status} {self.effective_at:%Y-%m-%d}"
