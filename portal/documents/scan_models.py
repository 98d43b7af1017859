"""Scanned stacks of papers signed by hand: one row a stack and a page, and to which document a page belongs."""

from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.triggers import never_truncated


class ScanStack(models.Model):
    """A file of scanned pages as it was sent, append-only. ``label``: its name, to be shown; machine time.

    Erasure: it names its sender as any act does; the images are the pages'.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["-received_at", "id"]
        constraints = [
            models.CheckConstraint(name="scan_stack_whole", condition=Q(sha256__regex=r"^[0-9a-f]{64}$") & ~Q(label=""))
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return self.label


class ScannedPage(models.Model):
    """One page of a stack, kept as a PDF of its own under ``sha256``; empty for a page of somebody else's, not kept.

    ``code``: read from its QR. ``document``: the issued document that it is a page of, set once, by the code
    (``attached_by`` None) or by a person. Erasure: the image of a handwritten signature goes with the order that it
    proves; that of an order never signed may be erased with its file, the row names nobody.
    """

    id = models.BigAutoField(primary_key=True)
    stack = models.ForeignKey(ScanStack, on_delete=models.PROTECT, related_name="pages")
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    code = models.CharField(max_length=13, blank=True)
    document = models.ForeignKey(
        "documents.Document", null=True, blank=True, on_delete=models.PROTECT, related_name="scanned_pages"
    )
    attached_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["stack", "number"]
        constraints = [
            models.UniqueConstraint(name="scanned_page_once", fields=["stack", "number"]),
            models.CheckConstraint(
                name="scanned_page_kept",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$", number__gte=1)
                | Q(sha256="", document=None, number__gte=1),
            ),
            models.CheckConstraint(
                name="scanned_page_attached", condition=Q(attached_by=None) | Q(document__isnull=False)
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="page_frozen", fields=["id", "stack", "number", "sha256", "code"]),
            pgtrigger.Protect(
                name="attached_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.document_id IS NOT NULL"),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.stack_id} p. {self.number}"

    @property
    def is_waiting(self) -> bool:
        """Whether a person is to say which document it belongs to."""
        return self.document_id is None and self.sha256 != ""
