"""Reading dossiers: a supplier sees its own, the administration those handed in; nobody else sees any."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION, Role
from portal.audit.models import AuditEvent
from portal.audit.selectors import thread_events
from portal.common.clock import paris_date
from portal.referencing.domain.lifecycle import LIVE
from portal.referencing.domain.requirements import RequirementList
from portal.referencing.models import (
    AlarmSeen,
    Announcement,
    ObsoleteVersion,
    Proof,
    ReferencingDossier,
    RequirementSet,
)
from portal.registry.domain.referencing import Status
from portal.registry.models import ReferencingEvent, SoftwareVersion

_RELATED = (
    "software_version__software__supplier__organisation",
    "requirement_set",
    "rule_set",
    "successor__software_version__software",
)


def visible_to(actor: Actor) -> QuerySet[ReferencingDossier]:
    """The dossiers the actor may see; what was never handed in is the supplier's own business."""
    dossiers = ReferencingDossier.objects.select_related(*_RELATED)
    if actor.role is Role.SUPPLIER:
        return dossiers.filter(software_version__software__supplier__organisation=actor.tenant)
    return dossiers.exclude(submitted_at=None) if actor.role in ADMINISTRATION else dossiers.none()


def get_dossier(actor: Actor, pk: UUID) -> ReferencingDossier:
    """One visible dossier. Raises Http404 for a stranger."""
    dossier = visible_to(actor).filter(pk=pk).first()
    if dossier is None:
        raise Http404
    return dossier


def get_proof(dossier: ReferencingDossier, pk: int) -> Proof:
    """One file of a visible dossier, withdrawn or not. Raises Http404 otherwise."""
    proof = dossier.proofs.filter(pk=pk).first()
    if proof is None:
        raise Http404
    return proof


def versions_to_open(actor: Actor, programme: str) -> QuerySet[SoftwareVersion]:
    """The versions of the supplier for which no dossier is open."""
    if actor.role is not Role.SUPPLIER:
        return SoftwareVersion.objects.none()
    live = ReferencingDossier.objects.filter(software_version=OuterRef("pk"), programme=programme, state__in=LIVE)
    return (
        SoftwareVersion.objects.filter(~Exists(live), software__supplier__organisation=actor.tenant)
        .select_related("software__supplier")
        .order_by("software__name", "label")
    )


def latest_requirements(programme: str) -> RequirementList | None:
    """The requirements that a dossier opened now would have to meet, or None before any is loaded."""
    latest = RequirementSet.objects.filter(programme=programme).order_by("-number").first()
    return latest.listed if latest else None


def announcements_of(dossier: ReferencingDossier) -> QuerySet[Announcement]:
    """The dates announced for its référencement, newest first."""
    return dossier.announcements.order_by("-pk")


def obsolete_of(dossier: ReferencingDossier) -> QuerySet[ObsoleteVersion]:
    """The versions declared obsolete and not taken back."""
    return dossier.obsolete_versions.filter(restored_at=None).order_by("label", "pk")


def kin_of(dossier: ReferencingDossier) -> QuerySet[ReferencingDossier]:
    """The dossiers of the other versions of the same software."""
    return (
        ReferencingDossier.objects.filter(
            programme=dossier.programme_id, software_version__software=dossier.software_version.software_id
        )
        .exclude(pk=dossier.pk)
        .select_related("software_version__software")
        .order_by("software_version__label", "created_at")
    )


def events_of(dossier: ReferencingDossier) -> QuerySet[AuditEvent]:
    """Every event of the dossier's life, oldest first."""
    return thread_events(str(dossier.pk))


def alarms(programme: str, known_at: datetime) -> list[ReferencingEvent]:
    """Withdrawals recorded after the day on which they take effect, and that nobody has looked at; newest first."""
    events = (
        ReferencingEvent.objects.filter(
            referencing__programme=programme, status=Status.WITHDRAWN.value, recorded_at__lte=known_at
        )
        .filter(~Exists(AlarmSeen.objects.filter(event=OuterRef("pk"))))
        .select_related("referencing__version__software__supplier")
        .order_by("-recorded_at", "effective_at", "pk")
    )
    found: dict[tuple[UUID, datetime], ReferencingEvent] = {}
    for event in events:
        if paris_date(event.effective_at) < paris_date(event.recorded_at):
            found.setdefault((event.referencing_id, event.recorded_at), event)
    return list(found.values())


def get_alarm(programme: str, known_at: datetime, pk: int) -> ReferencingEvent:
    """One alarm still to look at. Raises Http404 otherwise."""
    for event in alarms(programme, known_at):
        if event.pk == pk:
            return event
    raise Http404
