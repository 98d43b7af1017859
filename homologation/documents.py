"""The documents of supervision: the monthly report, sealed. It holds totals and alerts, no list of accounts."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from homologation.domain.judgement import Judgement, pharmacy_words, who_words
from homologation.models import SupervisionReport
from portal.common import clock
from portal.documents.domain.blocks import Frame, day, frame_json
from portal.documents.kinds import Kind
from portal.documents.models import Document
from portal.documents.selectors import latest
from portal.documents.services.request import request_document
from portal.programmes.selectors import default_book

SUPERVISION = "insi_supervision"
SUPERVISION_KINDS = (
    Kind(
        SUPERVISION,
        "Rapport mensuel INSi",
        "homologation/documents/supervision.html",
        "rapport-insi",
        by_portal=True,
    ),
)
ISSUER = "Portail Ségur Officine"


def request_report(report: SupervisionReport, found: Judgement) -> Document:
    """Ask for the PDF of a report; the pharmacy is locked by the caller."""
    return request_document(
        kind=SUPERVISION,
        subject_type=SupervisionReport._meta.db_table,
        subject_id=str(report.pk),
        thread=str(report.pk),
        number=_number(report),
        snapshot=_snapshot(report, found),
        at=report.made_at,
    )


def paper_of(report: SupervisionReport) -> Document | None:
    """The PDF of a report, rendered or not yet."""
    return latest(SUPERVISION, SupervisionReport._meta.db_table, str(report.pk))


def _number(report: SupervisionReport) -> str:
    revision = f"-r{report.revision}" if report.revision > 1 else ""
    return f"INSI-{report.pharmacy.finess}-{report.month:%Y-%m}{revision}"


def _snapshot(report: SupervisionReport, found: Judgement) -> dict[str, Any]:
    rules = default_book(report.made_at).at(report.made_at)
    frame = Frame(
        title="Rapport mensuel INSi",
        context=rules.name,
        funding_call=rules.funding_call,
        number=_number(report),
        rules_reference=rules.reference,
        rules_title=rules.title,
        rules_source=rules.source,
        made_at=report.made_at,
        machine_at=clock.machine_now(),
        demo=settings.PORTAL_DEMO,
    )
    counts = ("calls", "retrieval", "verification", "failed", "cpx", "org", "prescriptions")
    return {
        "frame": frame_json(frame),
        "supplier_name": ISSUER,
        "pharmacy": {"name": report.pharmacy.name, "finess": report.pharmacy.finess},
        "month": day(report.month),
        "revision": report.revision,
        "reason": report.reason,
        "origin": report.get_origin_display(),
        "input": report.input,
        **{name: getattr(report, name) for name in counts},
        "log_from": day(report.log_from),
        "log_until": day(report.log_until),
        "ratio": pharmacy_words(report.as_report(), found.pharmacy),
        "who": who_words(found.who) if found.who.active else "",
        "alerts": [{"rule": alert.rule, "message": alert.message} for alert in found.alerts],
        "untold": [{"rule": one.rule, "what": one.what, "why": one.why} for one in found.untold],
    }
