"""Deposits by machine: the tokens that allow them, and the files that arrive piece by piece."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from indicators.domain.log_format import MAX_UNPACKED
from portal.triggers import frozen_when, never_deleted, never_truncated

DEPOSIT_SCOPE = "activity:deposit"
SHA256 = r"^[0-9a-f]{64}$"
TOKEN_PINNED = ["supplier_id", "label", "scope", "digest", "created_at", "expires_at"]
UPLOAD_PINNED = ["supplier_id", "token_id", "software_version_id", "name", "sha256", "size", "created_at"]


class ActivityToken(models.Model):
    """What a supplier's machine shows to deposit logs in its name, and for nothing else (``scope``).

    ``digest``: SHA-256 of the token, 256 bits of chance, shown once and never stored. All times are machine time;
    ``last_used_at`` to the minute. ``revoked_at`` is for good. Nobody is named (``label`` says which machine): it never
    needs erasure, and stays so that the journal of its deposits can be read.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    supplier = models.ForeignKey("registry.Supplier", on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=80)
    scope = models.CharField(max_length=30, default=DEPOSIT_SCOPE)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(name="activity_token_scope", condition=Q(scope=DEPOSIT_SCOPE)),
            models.CheckConstraint(name="activity_token_digest", condition=Q(digest__regex=SHA256)),
            models.CheckConstraint(name="activity_token_named", condition=~Q(label="")),
            models.CheckConstraint(name="activity_token_ends", condition=Q(expires_at__gt=F("created_at"))),
            models.CheckConstraint(
                name="activity_token_revoked", condition=Q(revoked_at=None) | Q(revoked_at__gte=F("created_at"))
            ),
        ]
        triggers = [
            never_deleted(),
            never_truncated(),
            frozen_when("given_for_good", "TRUE", TOKEN_PINNED),
            frozen_when("revoked_for_good", "OLD.revoked_at IS NOT NULL", ["revoked_at"]),
        ]

    def __str__(self) -> str:
        return self.label


class Upload(models.Model):
    """A file that a machine sends in pieces: ``received`` of its ``size`` bytes are on disk.

    ``sha256``: as announced, empty where it was not. It ends once: in a ``deposit`` (``again``: one that was there
    already), or dropped (``dropped_at``, machine time) because its bytes were not those announced, or are gone.
    No personal data; a row is kept with its deposit.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    supplier = models.ForeignKey("registry.Supplier", on_delete=models.PROTECT, related_name="+")
    token = models.ForeignKey(ActivityToken, on_delete=models.PROTECT, related_name="uploads")
    software_version = models.ForeignKey("registry.SoftwareVersion", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    deposit = models.ForeignKey("indicators.Deposit", null=True, on_delete=models.PROTECT, related_name="uploads")
    again = models.BooleanField(default=False)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(name="upload_sha256_form", condition=Q(sha256="") | Q(sha256__regex=SHA256)),
            models.CheckConstraint(name="upload_named", condition=~Q(name="")),
            models.CheckConstraint(
                name="upload_size", condition=Q(size__gte=1, size__lte=MAX_UNPACKED, received__lte=F("size"))
            ),
            models.CheckConstraint(
                name="upload_ends_once",
                condition=Q(deposit=None, again=False) | Q(dropped_at=None, received=F("size")),
            ),
            models.UniqueConstraint(
                name="upload_under_way",
                fields=["supplier", "sha256", "software_version"],
                condition=~Q(sha256="") & Q(deposit=None, dropped_at=None),
            ),
        ]
        triggers = [
            never_deleted(),
            frozen_when("announced", "TRUE", UPLOAD_PINNED),
            frozen_when(
                "ended", "OLD.deposit_id IS NOT NULL OR OLD.dropped_at IS NOT NULL", ["deposit_id", "dropped_at"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.received}/{self.size}"
