"""Each night, every hash kept of what a pharmacy may have to prove is computed again (compliance facts §1.8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from homologation.domain.figures import Figures, UserFigures
from homologation.domain.snapshot import beside_of
from homologation.models import BreachNotification, InsiDossier, PrefillPack, QuestionnaireVersion, SupervisionReport
from homologation.services.supervise import oldest_kept
from portal.common import clock
from portal.common.canonical import sha256_of
from portal.outbox.services.publish import publish

DAMAGED = "insi_proofs.damaged"
_COUNTS = ("calls", "retrieval", "verification", "failed", "cpx", "org", "prescriptions", "log_from", "log_until")
_OF_USER = ("user_ref", "calls", "failed", "off_hours", "prescriptions", "active_days")


def verify_proofs() -> list[str]:
    """What no longer has its hash, each as « kind key »; the administration is told, once for the same findings."""
    found = sorted(
        [*_packs(), *_notifications(), *_forms(), *_reports(oldest_kept(clock.business_now())), *_dossiers()]
    )
    if found:
        publish(DAMAGED, {"found": found}, dedup=f"{DAMAGED}:{sha256_of(found)[:32]}")
    return found


def _packs() -> Iterator[str]:
    for one in PrefillPack.objects.order_by("pk").iterator():
        if sha256_of(one.values) != one.sha256:
            yield f"pack {one.pk}"


def _notifications() -> Iterator[str]:
    for one in BreachNotification.objects.order_by("pk").iterator():
        if sha256_of(one.content) != one.sha256:
            yield f"notification {one.pk}"


def _forms() -> Iterator[str]:
    for one in QuestionnaireVersion.objects.order_by("pk").iterator():
        if sha256_of(one.content) != one.sha256:
            yield f"questionnaire {one.pk}"


def _reports(oldest: date) -> Iterator[str]:
    """Those whose accounts are still kept: without them the figures are no longer whole."""
    reports = SupervisionReport.objects.filter(month__gte=oldest).prefetch_related("rows").order_by("pk")
    for report in reports.iterator(chunk_size=500):
        rows = sorted(report.rows.all(), key=lambda row: row.pk)
        users = tuple(UserFigures(**{name: getattr(row, name) for name in _OF_USER}) for row in rows)
        counts: dict[str, Any] = {name: getattr(report, name) for name in _COUNTS}
        if Figures(**counts, rows=users).input != report.input:
            yield f"rapport {report.pk}"


def _dossiers() -> Iterator[str]:
    """A snapshot and its hash; the hash that it holds of the snapshot before, and that one's own."""
    dossiers = InsiDossier.objects.filter(snapshot__isnull=False).select_related("previous")
    for dossier in dossiers.defer("previous__snapshot").order_by("pk").iterator(chunk_size=200):
        snapshot = dossier.snapshot or {}
        told = beside_of(snapshot).previous
        before = dossier.previous.snapshot_sha256 if dossier.previous else ""
        if sha256_of(snapshot) != dossier.snapshot_sha256 or (told and told != before):
            yield f"dossier {dossier.pk}"
