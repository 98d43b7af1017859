"""The files of a dossier as they are handed out, to its pharmacy or by a link."""

from __future__ import annotations

from datetime import datetime
from typing import IO

from homologation.dossier.documents import draft_copy, frozen_content, number_of
from homologation.dossier.exports import archive
from homologation.dossier.pieces import paper_of
from homologation.models import InsiDossier
from portal.documents import storage
from portal.documents.responses import file_name
from portal.documents.selectors import served_hash


def archive_name(dossier: InsiDossier) -> str:
    """« homologation-insi-INSI-350001020-D2.zip »."""
    return f"homologation-insi-{number_of(dossier)}.zip"


def copy_name(dossier: InsiDossier) -> str:
    """« brouillon-homologation-insi-INSI-350001020-D2.pdf »."""
    return f"brouillon-homologation-insi-{number_of(dossier)}.pdf"


def archive_of(dossier: InsiDossier, now: datetime) -> IO[bytes]:
    """The whole archive: around the sealed PDF, or around a copy where nothing was decided.

    Raises ``DocumentNotReady`` while the PDF is being made, ``DamagedDocument`` where a file was altered.
    """
    content, paper = frozen_content(dossier, now), paper_of(dossier)
    if paper is None:
        return archive(content, draft_copy(dossier, now), copy_name(dossier))
    return archive(content, storage.read(served_hash(paper)), file_name(paper))
