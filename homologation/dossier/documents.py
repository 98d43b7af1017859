"""The dossier as a sealed PDF, made once when it is decided; before that, a copy to read that is worth nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from homologation.dossier.content import content_of
from homologation.dossier.pieces import DOSSIER, SUBJECT, paper_of
from homologation.models import InsiDossier
from portal.common import clock
from portal.documents import render
from portal.documents.domain.blocks import Frame, frame_json
from portal.documents.kinds import Kind
from portal.documents.models import Document
from portal.documents.sealing import PORTAL
from portal.documents.services.request import request_document
from portal.documents.services.void import void_document
from portal.programmes.selectors import default_book

TITLE = "Dossier d’auto-homologation INSi"
TEMPLATE = "homologation/documents/dossier.html"
DOSSIER_KINDS = (Kind(DOSSIER, TITLE, TEMPLATE, "homologation-insi", by_portal=True),)


def request_dossier(dossier: InsiDossier) -> Document:
    """Freeze a dossier as it was just decided and ask for its PDF; the caller holds its lock."""
    at = dossier.decided_at or clock.business_now()
    return request_document(
        kind=DOSSIER,
        subject_type=SUBJECT,
        subject_id=str(dossier.pk),
        thread=str(dossier.pk),
        number=number_of(dossier),
        snapshot=snapshot_of(dossier, at),
        at=at,
    )


def void_paper(dossier: InsiDossier, at: datetime, reason: str) -> None:
    """Whoever checks the paper of a decision that no longer holds is told so; the file stays."""
    if (paper := paper_of(dossier)) is not None:
        void_document(paper, at=at, reason=reason)


def number_of(dossier: InsiDossier) -> str:
    """« INSI-350001020-D2 »."""
    return f"INSI-{dossier.pharmacy.finess}-D{dossier.number}"


def snapshot_of(dossier: InsiDossier, now: datetime) -> dict[str, Any]:
    """The content of a dossier in the frame of a document."""
    rules = default_book(now).at(now)
    frame = Frame(
        title=TITLE,
        context=rules.name,
        funding_call=rules.funding_call,
        number=number_of(dossier),
        rules_reference=rules.reference,
        rules_title=rules.title,
        rules_source=rules.source,
        made_at=now,
        machine_at=clock.machine_now(),
        demo=settings.PORTAL_DEMO,
    )
    return {"frame": frame_json(frame), "supplier_name": PORTAL, **content_of(dossier, now)}


def frozen_content(dossier: InsiDossier, now: datetime) -> dict[str, Any]:
    """What the exports hold: what the PDF of the decision froze, or the dossier as it stands where there is none."""
    paper = paper_of(dossier)
    return dict(paper.snapshot) if paper is not None else snapshot_of(dossier, now)


def draft_copy(dossier: InsiDossier, now: datetime) -> bytes:
    """The bytes of a copy to read of a dossier without a sealed PDF, « BROUILLON – sans valeur » on every page."""
    snapshot = snapshot_of(dossier, now)
    return render.rendered(render.html(TEMPLATE, snapshot, draft=True), snapshot).content
