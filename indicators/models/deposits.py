"""Activity logs as deposited: the file under its SHA-256, what was pinned to read it, and what came of it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from indicators.domain.codes import FILE_CODES
from portal.triggers import frozen_when, never_deleted

PINNED = ["supplier_id", "software_version_id", "sha256", "deposited_at", "allowed"]


class DepositState(models.TextChoices):
    RECEIVED = "received", "Reçu, en cours de lecture"
    ACCEPTED = "accepted", "Accepté"
    REFUSED = "refused", "Refusé"


class Deposit(models.Model):
    """One file of a supplier: wholly in (accepted), wholly out (refused), or still to be read (received).

    ``deposited_at``: business time; with ``sequence`` (1, 2… for each supplier, in the order of acceptance),
    ``allowed`` (spans by FINESS, ``[[from, until or null], …]``, ISO instants) and ``unknown`` (FINESS of the file that
    were no pharmacy then) it is pinned: reading the file again gives the same figures. ``lines`` are data lines,
    ``accepted + duplicates + rejected``; ``superseded`` and ``cancelled`` are part of ``accepted``. ``places``: line
    numbers of what refused the file. ``finished_at``: machine time.

    While it is read: ``read_lines`` so far, ``read_bad`` of them not good in form; ``attempts`` begun by the worker,
    the next one not before ``retry_at`` (machine time), ``error`` what stopped the last one.

    No personal data but ``deposited_by``: users of pharmacies are pseudonyms, in the files only. Kept as long as the
    figures that it justifies; erasing a person leaves the row and empties their names.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    supplier = models.ForeignKey("registry.Supplier", on_delete=models.PROTECT, related_name="deposits")
    software_version = models.ForeignKey(
        "registry.SoftwareVersion", null=True, on_delete=models.PROTECT, related_name="deposits"
    )
    name = models.CharField("fichier", max_length=255)
    sha256 = models.CharField("empreinte", max_length=64)
    size = models.PositiveBigIntegerField("taille en octets")
    deposited_at = models.DateTimeField("déposé le")
    deposited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=DepositState.choices, default=DepositState.RECEIVED)
    sequence = models.PositiveIntegerField(null=True)
    allowed = models.JSONField(default=dict)
    unknown = models.JSONField(default=list)
    refusal = models.CharField(max_length=30, blank=True)
    places = models.JSONField(default=list)
    lines = models.PositiveBigIntegerField(default=0)
    accepted = models.PositiveBigIntegerField(default=0)
    duplicates = models.PositiveBigIntegerField(default=0)
    superseded = models.PositiveBigIntegerField(default=0)
    cancelled = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0)
    rejected_by_code = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True)
    read_lines = models.PositiveBigIntegerField(default=0)
    read_bad = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-deposited_at", "id"]
        indexes = [
            models.Index(name="deposit_board", fields=["supplier", "-deposited_at"]),
            models.Index(name="deposit_waiting", fields=["supplier", "retry_at"], condition=Q(state="received")),
        ]
        constraints = [
            models.CheckConstraint(name="deposit_state_known", condition=Q(state__in=DepositState.values)),
            models.CheckConstraint(name="deposit_sha256_form", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(name="deposit_named", condition=~Q(name="")),
            models.CheckConstraint(
                name="deposit_ends",
                condition=Q(state="received", sequence=None, refusal="", finished_at=None)
                | Q(state="accepted", sequence__gte=1, refusal="", finished_at__isnull=False)
                & Q(software_version__isnull=False)
                | Q(state="refused", sequence=None, refusal__in=list(FILE_CODES), finished_at__isnull=False),
            ),
            models.CheckConstraint(
                name="deposit_lines_add_up",
                condition=Q(lines=F("accepted") + F("duplicates") + F("rejected"))
                & Q(superseded__lte=F("accepted"), cancelled__lte=F("accepted")),
            ),
            models.CheckConstraint(name="deposit_read_parts", condition=Q(read_bad__lte=F("read_lines"))),
            models.CheckConstraint(
                name="deposit_tried", condition=Q(attempts=0, retry_at=None, error="") | Q(attempts__gte=1)
            ),
            models.UniqueConstraint(
                name="deposit_once", fields=["supplier", "sha256"], condition=~Q(state=DepositState.REFUSED)
            ),
            models.UniqueConstraint(name="deposit_sequence", fields=["supplier", "sequence"]),
        ]
        triggers = [
            never_deleted(),
            frozen_when("ended_is_final", "OLD.state <> 'received'", ["state", "sequence", "refusal", "places"]),
            frozen_when("pinned", "TRUE", PINNED),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"


class CellQuerySet(models.QuerySet["DepositCell"]):
    """What deposits touched; a month of which none is ``with_lines`` was not received."""

    def with_lines(self) -> CellQuerySet:
        """Those for which the deposit brought lines."""
        return self.filter(accepted__gte=1)


class DepositCell(models.Model):
    """How many lines an accepted deposit brought for a pharmacy and month (first day, Paris). Derived, rebuildable.

    None where it only named in another month an event of this one: the figures of this month may have changed too.
    """

    id = models.BigAutoField(primary_key=True)
    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="cells")
    pharmacy = models.ForeignKey("registry.Pharmacy", on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    accepted = models.PositiveIntegerField()

    objects = CellQuerySet.as_manager()

    class Meta:
        ordering = ["month", "pharmacy", "id"]
        indexes = [models.Index(name="deposit_cell_pharmacy", fields=["pharmacy", "month"])]
        constraints = [
            models.UniqueConstraint(name="deposit_cell_once", fields=["deposit", "pharmacy", "month"]),
            models.CheckConstraint(name="deposit_cell_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(name="deposit_cell_not_negative", condition=Q(accepted__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.pharmacy_id} {self.month:%Y-%m}"
