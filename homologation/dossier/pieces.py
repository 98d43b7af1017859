"""What backs a dossier: the monthly reports that it counts on, the dossier that it renews, the pieces joined to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from homologation.documents import SUPERVISION
from homologation.dossier import annexes
from homologation.models import EvidenceRevision, InsiDossier, SupervisionReport
from portal.documents.models import Document

DOSSIER = "insi_dossier"
REPORTS, SUBJECT = "s4.rapport", InsiDossier._meta.db_table


def paper_of(dossier: InsiDossier) -> Document | None:
    """The document of a decision, rendered or not yet; a withdrawn one stays readable. None before any decision."""
    return Document.objects.filter(kind=DOSSIER, subject_type=SUBJECT, subject_id=str(dossier.pk)).first()


def pieces_of(
    dossier: InsiDossier, reports: Mapping[date, SupervisionReport], files: Sequence[EvidenceRevision]
) -> list[dict[str, Any]]:
    """Each piece with its number, hash and the questions that it backs: reports first, the oldest one before.

    ``files``: those joined by the pharmacy (``Reading.evidence``).
    """
    keys = {str(report.pk): month for month, report in reports.items()}
    found = Document.objects.filter(
        kind=SUPERVISION, subject_type=SupervisionReport._meta.db_table, subject_id__in=list(keys)
    )
    papers = sorted(found.order_by("pk"), key=lambda one: keys[one.subject_id])
    listed = [(one, [REPORTS]) for one in papers]
    before = paper_of(dossier.previous) if dossier.previous else None
    return [*annexes.pieces([*listed, *([(before, [])] if before else [])]), *annexes.joined(files)]
