"""A stack whose only page has no code that can be read: it waits for a person."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from portal.accounts.actors import Actor
from portal.documents.domain.incoming import SCANS
from portal.documents.intake.receive import receive
from portal.documents.scan_models import ScanStack
from portal.documents.services.scans import deposit_stack
from tests.integration.documents.scanner import stack


def make_stack(sender: Actor) -> ScanStack:
    """Sent by a supplier."""
    upload = SimpleUploadedFile("pile.pdf", stack([Image.new("L", (60, 80), 255)]))
    return deposit_stack(stack=receive(upload, SCANS), actor=sender)
