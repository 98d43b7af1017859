"""How the file of a piece is named, and handed out."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.text import slugify

from homologation.models import EvidenceRevision
from portal.documents import storage
from portal.documents.responses import attached

_LONGEST = 60


def name_of(file: EvidenceRevision) -> str:
    """« procedure-de-revue.pdf »: made of the title, never of what its sender called it."""
    return f"{slugify(file.title)[:_LONGEST].strip('-') or 'piece'}{file.suffix}"


def file_response(file: EvidenceRevision) -> HttpResponse:
    """The file, proved to be what was deposited. Raises ``DamagedDocument`` when it was altered."""
    name = f"{file.evidence.ref}-r{file.number}-{name_of(file)}"
    return attached(storage.read(file.sha256), file.media_type, name)
