"""Reading staged lists against the registry."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from portal.common import clock
from portal.common.canonical import sha256_of
from portal.referencing.domain.ans_diff import Finding, Known, compare
from portal.referencing.domain.ans_file import row_from
from portal.referencing.domain.lifecycle import LIVE
from portal.referencing.models import AnsList, QuarantinedRow, ReferencingDossier
from portal.registry.domain.referencing import Change, Status, status_at
from portal.registry.models import Referencing, ReferencingEvent
from portal.registry.selectors import all_versions


def known_versions(programme: str, now: datetime) -> list[Known]:
    """Every version of the registry as the list is compared with it; four queries whatever their number."""
    changes: dict[UUID, list[Change]] = defaultdict(list)
    for event in ReferencingEvent.objects.filter(referencing__programme=programme).select_related("referencing"):
        changes[event.referencing.version_id].append(
            Change(Status(event.status), event.effective_at, event.recorded_at)
        )
    numbers = dict(Referencing.objects.filter(programme=programme).values_list("version", "number"))
    kept = set(
        ReferencingDossier.objects.filter(programme=programme, state__in=LIVE)
        .order_by()
        .values_list("software_version", flat=True)
    )
    return [
        Known(
            key=str(version.pk),
            number=numbers.get(version.pk) or "",
            software=version.software.name,
            version=version.label,
            supplier=version.software.supplier.name,
            siret=version.software.supplier.siret,
            status=status_at(changes[version.pk], now, now),
            effects=frozenset((change.status, change.effective_at) for change in changes[version.pk]),
            kept_here=version.pk in kept,
        )
        for version in all_versions()
    ]


def findings_of(staged: AnsList) -> list[Finding]:
    """What the list would change in the registry as it is now."""
    now = clock.business_now()
    return compare([row_from(row) for row in staged.rows], known_versions(staged.programme_id, now), now)


def digest_of(findings: list[Finding]) -> str:
    """What was shown, as one hash: applying demands that it still holds."""
    shown: list[Any] = [[f.kind, f.line, f.words, f.warning, f.key] for f in findings]
    return sha256_of(shown)


def all_lists(programme: str) -> QuerySet[AnsList]:
    """Every list ever staged, newest first; its rows are not read."""
    return (
        AnsList.objects.filter(programme=programme)
        .defer("rows")
        .select_related("uploaded_by", "run")
        .order_by("-uploaded_at", "pk")
    )


def staged(programme: str) -> QuerySet[AnsList]:
    """The lists with their rows."""
    return AnsList.objects.filter(programme=programme).select_related("run")


def quarantine(programme: str) -> QuerySet[QuarantinedRow]:
    """The rows that wait for a person, oldest first."""
    return (
        QuarantinedRow.objects.filter(ans_list__programme=programme, resolution="")
        .select_related("ans_list")
        .order_by("found_at", "pk")
    )


def resolved(programme: str, limit: int = 50) -> QuerySet[QuarantinedRow]:
    """The rows resolved last."""
    return (
        QuarantinedRow.objects.filter(ans_list__programme=programme)
        .exclude(resolution="")
        .select_related("ans_list", "version__software", "resolved_by")
        .order_by("-resolved_at", "pk")[:limit]
    )
