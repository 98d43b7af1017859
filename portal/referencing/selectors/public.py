"""The public registry: what anybody may read of the référencement of every software. No personal data."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Max, Q

from portal.common.canonical import sha256_of
from portal.common.clock import paris_date
from portal.common.text import fold
from portal.referencing.domain.lifecycle import UNDECIDED
from portal.referencing.models import Announcement, ObsoleteVersion
from portal.registry.domain.referencing import STATUS_LABELS, Change, Status, status_at
from portal.registry.models import Referencing, ReferencingEvent, SoftwareVersion
from portal.registry.selectors import all_versions

FEED_LENGTH = 100


@dataclass(frozen=True)
class PublicRow:
    """One version as the public sees it; ``since``: when its status took effect, None while only announced.

    ``announced``: the day on which its supplier says that it will be référencée, while it is not.
    """

    key: UUID
    software: str
    version: str
    supplier: str
    siret: str
    status: Status
    number: str
    since: datetime | None
    announced: date | None
    obsolete: tuple[str, ...]

    @property
    def label(self) -> str:
        """The status in public words."""
        return STATUS_LABELS[self.status]

    @property
    def name(self) -> str:
        """Software and version."""
        return f"{self.software} {self.version}"


@dataclass(frozen=True)
class Filters:
    """What the registry is narrowed to; empty means all."""

    text: str = ""
    status: str = ""
    supplier: str = ""


@dataclass(frozen=True)
class Entry:
    """One change in the history of a version: in the world since ``effective_at``, known since ``recorded_at``."""

    key: int
    name: str
    version: UUID
    label: str
    effective_at: datetime
    recorded_at: datetime


def public_rows(programme: str, now: datetime, filters: Filters | None = None) -> list[PublicRow]:
    """Every version whose référencement is known or announced, under the filters; five queries for any number."""
    changes = _changes(programme, now)
    announced, obsolete = _announced(programme), _obsolete(programme)
    numbers = dict(Referencing.objects.filter(programme=programme).values_list("version", "number"))
    rows = [
        _row(version, changes.get(version.pk, []), numbers.get(version.pk) or "", announced, obsolete, now)
        for version in all_versions()
        if version.pk in changes or version.pk in announced
    ]
    return [row for row in rows if filters is None or _kept(row, filters)]


def _row(
    version: SoftwareVersion,
    changes: list[Change],
    number: str,
    announced: dict[UUID, date],
    obsolete: dict[UUID, list[str]],
    now: datetime,
) -> PublicRow:
    status = status_at(changes, now, now)
    return PublicRow(
        key=version.pk,
        software=version.software.name,
        version=version.label,
        supplier=version.software.supplier.name,
        siret=version.software.supplier.siret,
        status=status,
        number=number,
        since=_since(changes, status, now),
        announced=announced.get(version.pk),
        obsolete=tuple(obsolete.get(version.pk, ())),
    )


def _since(changes: list[Change], status: Status, now: datetime) -> datetime | None:
    """When the status that holds took effect: the start of its last unbroken run."""
    since = None
    held = sorted((c for c in changes if c.effective_at <= now), key=lambda c: (c.effective_at, c.recorded_at))
    last_word = {change.effective_at: change for change in held}
    for change in last_word.values():
        if change.status is not status:
            since = None
        elif since is None:
            since = change.effective_at
    return since


def _kept(row: PublicRow, filters: Filters) -> bool:
    words = fold(filters.text).split()
    text = fold(f"{row.name} {row.supplier} {row.number}")
    return (
        all(word in text for word in words)
        and filters.status in ("", row.status.value)
        and filters.supplier in ("", row.siret)
    )


def _changes(programme: str, now: datetime) -> dict[UUID, list[Change]]:
    changes: dict[UUID, list[Change]] = defaultdict(list)
    events = ReferencingEvent.objects.filter(referencing__programme=programme, recorded_at__lte=now)
    for version, status, effective_at, recorded_at in events.order_by("pk").values_list(
        "referencing__version", "status", "effective_at", "recorded_at"
    ):
        changes[version].append(Change(Status(status), effective_at, recorded_at))
    return dict(changes)


def announced_day(programme: str, version_id: UUID) -> date | None:
    """The day on which the supplier says that a version will be référencée, while that is not decided."""
    said = Announcement.objects.filter(dossier__programme=programme, dossier__software_version=version_id)
    return said.filter(dossier__state__in=UNDECIDED).order_by("-pk").values_list("day", flat=True).first()


def _announced(programme: str) -> dict[UUID, date]:
    said = Announcement.objects.filter(dossier__programme=programme, dossier__state__in=UNDECIDED).order_by("pk")
    return dict(said.values_list("dossier__software_version", "day"))


def _obsolete(programme: str) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    declared = ObsoleteVersion.objects.filter(dossier__programme=programme, restored_at=None).order_by("label", "pk")
    for version, label in declared.values_list("dossier__software_version", "label"):
        if label not in found[version]:
            found[version].append(label)
    return dict(found)


def public_history(programme: str, now: datetime, version: UUID | None = None) -> list[Entry]:
    """The changes known at ``now``, the last recorded first; of one version, or the last hundred of all."""
    events = (
        ReferencingEvent.objects.filter(referencing__programme=programme, recorded_at__lte=now)
        .select_related("referencing__version__software")
        .order_by("-recorded_at", "-effective_at", "-pk")
    )
    if version is not None:
        events = events.filter(referencing__version=version)
    entries: list[Entry] = []
    for event in events if version is not None else events[:FEED_LENGTH]:
        of = event.referencing.version
        label = STATUS_LABELS[Status(event.status)]
        entry = Entry(event.pk, str(of), of.pk, label, event.effective_at, event.recorded_at)
        # One decision that replaces several statuses is told once, from its own effect on.
        if entries and (entries[-1].version, entries[-1].label, entries[-1].recorded_at) == (
            entry.version,
            entry.label,
            entry.recorded_at,
        ):
            entries.pop()
        entries.append(entry)
    return entries


def announced_days(programme: str, version: UUID) -> list[Announcement]:
    """Every date announced for a version, the last said first."""
    said = Announcement.objects.filter(dossier__programme=programme, dossier__software_version=version)
    return list(said.order_by("-pk"))


def stamp(programme: str, now: datetime) -> str:
    """One hash that changes whenever the public registry does: three queries, for conditional requests."""
    events = ReferencingEvent.objects.filter(referencing__programme=programme, recorded_at__lte=now).aggregate(
        last=Max("pk"), held=Count("pk", filter=Q(effective_at__lte=now))
    )
    said = Announcement.objects.filter(dossier__programme=programme).aggregate(
        last=Max("pk"), waiting=Count("pk", filter=Q(dossier__state__in=UNDECIDED))
    )
    obsolete = ObsoleteVersion.objects.filter(dossier__programme=programme).aggregate(
        declared=Count("pk"), restored=Count("restored_at"), last=Max("pk")
    )
    return sha256_of([events, said, obsolete, paris_date(now).isoformat()])
