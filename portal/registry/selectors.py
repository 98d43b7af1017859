"""Reading suppliers, software, référencement and pharmacies."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION, PHARMACY_SIDE, SUPPLIER_SIDE, Role
from portal.accounts.models import Membership, ProfessionalIdentity, User
from portal.common.identifiers import FINESS_FORM, normalise
from portal.common.text import fold
from portal.registry.domain.referencing import STATUS_LABELS, Change, Status, status_at
from portal.registry.models import (
    AttachmentRequest,
    DistributorMandate,
    Pharmacy,
    Referencing,
    ReferencingEvent,
    SoftwareVersion,
    Succession,
    Supplier,
)


def supplier_of(actor: Actor) -> Supplier | None:
    """The company the actor acts for, if it is one (supplier or distributor)."""
    if actor.role not in SUPPLIER_SIDE:
        return None
    return Supplier.objects.filter(organisation_id=actor.tenant).first()


def suppliers_served(actor: Actor, at: datetime) -> QuerySet[Supplier]:
    """The suppliers in whose name the actor may draft: its own, or those that mandated it at ``at``."""
    if actor.role is Role.SUPPLIER:
        return Supplier.objects.filter(organisation_id=actor.tenant)
    if actor.role is Role.DISTRIBUTOR:
        mandates = DistributorMandate.objects.filter(
            Q(until=None) | Q(until__gt=at), distributor__organisation_id=actor.tenant, since__lte=at
        )
        return Supplier.objects.filter(pk__in=mandates.values("supplier"))
    return Supplier.objects.none()


def has_mandate(supplier_id: UUID, distributor_id: UUID | None, at: datetime) -> bool:
    """Whether the distributor may act for the supplier at ``at``."""
    return DistributorMandate.objects.filter(
        Q(until=None) | Q(until__gt=at), supplier=supplier_id, distributor=distributor_id, since__lte=at
    ).exists()


def versions_of(suppliers: QuerySet[Supplier]) -> QuerySet[SoftwareVersion]:
    """Every software version of these suppliers."""
    return (
        SoftwareVersion.objects.filter(software__supplier__in=suppliers)
        .select_related("software__supplier")
        .order_by("software__name", "label")
    )


def history(programme: str, version_id: UUID) -> list[Change]:
    """The recorded statuses of a version's référencement for a programme."""
    events = ReferencingEvent.objects.filter(
        referencing__programme=programme, referencing__version=version_id
    ).order_by("effective_at", "recorded_at", "id")
    rows = events.values_list("status", "effective_at", "recorded_at")
    return [Change(Status(status), effective_at, recorded_at) for status, effective_at, recorded_at in rows]


def histories(programme: str) -> dict[UUID, tuple[Change, ...]]:
    """The recorded statuses of every version for a programme, by version; one query."""
    found: dict[UUID, list[Change]] = {}
    events = ReferencingEvent.objects.filter(referencing__programme=programme).order_by(
        "effective_at", "recorded_at", "id"
    )
    for version, status, effective_at, recorded_at in events.values_list(
        "referencing__version", "status", "effective_at", "recorded_at"
    ):
        found.setdefault(version, []).append(Change(Status(status), effective_at, recorded_at))
    return {version: tuple(changes) for version, changes in found.items()}


def is_referenced(programme: str, version_id: UUID, at: datetime) -> bool:
    """Whether the version is référencé at ``at``, by what is recorded then."""
    return status_at(history(programme, version_id), at, at) is Status.REFERENCED


def referencing_number(programme: str, version_id: UUID) -> str:
    """The numéro unique, or an empty string while there is none."""
    return (
        Referencing.objects.filter(programme=programme, version=version_id).values_list("number", flat=True).first()
    ) or ""


def search_pharmacies(text: str, limit: int = 20) -> QuerySet[Pharmacy]:
    """Open pharmacies by FINESS (exact) or by words of their name, town or postal code."""
    identifier = normalise(text)
    found = Pharmacy.objects.filter(closed_on=None).select_related("lineage").order_by("sort_key", "finess")
    if FINESS_FORM.fullmatch(identifier):
        return found.filter(finess=identifier)[:limit]
    for word in fold(text).split():
        found = found.filter(search_key__contains=word)
    return found[:limit] if fold(text) else Pharmacy.objects.none()


def pharmacy_by_finess(finess: str) -> Pharmacy | None:
    """The pharmacy of a FINESS géographique, open or closed."""
    return Pharmacy.objects.filter(finess=finess).first()


def lineage_events(pharmacy: Pharmacy) -> QuerySet[Succession]:
    """What became of the pharmacies of a lineage, oldest first."""
    return Succession.objects.filter(pharmacy__lineage=pharmacy.lineage_id).select_related(
        "pharmacy", "successor", "recorded_by"
    )


def pharmacies_of(actor: Actor) -> QuerySet[Pharmacy]:
    """The pharmacy the actor acts for."""
    if actor.role not in PHARMACY_SIDE:
        return Pharmacy.objects.none()
    return Pharmacy.objects.filter(organisation_id=actor.tenant)


def titulaires_of(pharmacy: Pharmacy, at: datetime) -> QuerySet[Membership]:
    """The titulaires of a pharmacy at ``at``, in a stable order."""
    return (
        Membership.objects.valid_at(at)
        .filter(
            organisation__pharmacy=pharmacy,
            role=Role.TITULAIRE.value,
            user__is_active=True,
        )
        .select_related("user")
        .order_by("since", "pk")
    )


def people_of(pharmacy: Pharmacy, at: datetime) -> QuerySet[Membership]:
    """Everybody who has a role in the pharmacy at ``at``."""
    return (
        Membership.objects.valid_at(at)
        .filter(organisation__pharmacy=pharmacy)
        .select_related("user__professional")
        .order_by("role", "since", "pk")
    )


def role_to_end(membership_id: int, at: datetime) -> Membership | None:
    """A role in a pharmacy or at a supplier that is not over at ``at``."""
    found = Membership.objects.filter(Q(until=None) | Q(until__gt=at), pk=membership_id)
    held = Q(organisation__pharmacy__isnull=False) | Q(organisation__supplier__isnull=False)
    return found.filter(held).select_related("user", "organisation__pharmacy", "organisation__supplier").first()


def known_as(user: User) -> str:
    """The national identifier of a person read with their ``professional``; empty where none is recorded."""
    identity: ProfessionalIdentity | None = getattr(user, "professional", None)
    return identity.national_id if identity else ""


def history_of(programme: str, version_id: UUID) -> QuerySet[ReferencingEvent]:
    """The recorded changes of a version's référencement, newest first."""
    return (
        ReferencingEvent.objects.filter(referencing__programme=programme, referencing__version=version_id)
        .select_related("referencing")
        .order_by("-effective_at", "-recorded_at", "-id")
    )


@dataclass(frozen=True)
class SoftwareRow:
    """One version with its status at an instant."""

    version: SoftwareVersion
    number: str
    status: Status
    label: str


def software_board(programme: str, at: datetime) -> list[SoftwareRow]:
    """Every version of every supplier with the status that holds at ``at``; three queries whatever their number."""
    changes = histories(programme)
    numbers = dict(Referencing.objects.filter(programme=programme).values_list("version", "number"))
    versions = SoftwareVersion.objects.select_related("software__supplier").order_by(
        "software__supplier__search_key", "software__name", "label"
    )
    rows = []
    for version in versions:
        status = status_at(changes.get(version.pk, ()), at, at)
        rows.append(SoftwareRow(version, numbers.get(version.pk) or "", status, STATUS_LABELS[status]))
    return rows


@dataclass(frozen=True)
class StatusBoard:
    """The référencement of one version at an instant: ``since`` None where nothing is recorded; ``announced`` is the
    next status recorded for a day to come."""

    label: str
    status: Status
    since: datetime | None
    number: str
    announced: str = ""
    announced_at: datetime | None = None


def status_board(programme: str, version_id: UUID, at: datetime) -> StatusBoard:
    """Where the référencement of a version stands at ``at``, and what is announced."""
    changes = [change for change in history(programme, version_id) if change.recorded_at <= at]
    status = status_at(changes, at, at)
    held = [c.effective_at for c in changes if c.status is status and c.effective_at <= at]
    coming = min((c for c in changes if c.effective_at > at), key=lambda c: c.effective_at, default=None)
    return StatusBoard(
        label=STATUS_LABELS[status],
        status=status,
        since=max(held, default=None),
        number=referencing_number(programme, version_id),
        announced=STATUS_LABELS[coming.status] if coming else "",
        announced_at=coming.effective_at if coming else None,
    )


def all_versions() -> QuerySet[SoftwareVersion]:
    """Every version of every software, with its supplier."""
    return SoftwareVersion.objects.select_related("software__supplier").order_by("software__name", "label")


def supplier_by_id(pk: UUID) -> QuerySet[Supplier]:
    """One supplier with its organisation, as a set that may be empty."""
    return Supplier.objects.filter(pk=pk).select_related("organisation")


def supplier_by_siret(siret: str) -> Supplier | None:
    """One company by its SIRET."""
    return Supplier.objects.filter(siret=siret).first()


def all_suppliers() -> QuerySet[Supplier]:
    """Every supplier and distributor, by name."""
    return Supplier.objects.order_by("search_key", "siret")


def staff_of(supplier: Supplier, at: datetime) -> QuerySet[Membership]:
    """Everybody who works for a supplier at ``at``."""
    return (
        Membership.objects.valid_at(at)
        .filter(organisation=supplier.organisation_id)
        .select_related("user")
        .order_by("role", "since", "pk")
    )


def pharmacies_by_finess(numbers: Collection[str]) -> dict[str, Pharmacy]:
    """The open pharmacies among these FINESS géographiques, by number."""
    return {place.finess: place for place in Pharmacy.objects.filter(finess__in=numbers, closed_on=None)}


def requests_of(user_id: int) -> QuerySet[AttachmentRequest]:
    """What a person has asked for, newest first."""
    found = AttachmentRequest.objects.filter(user=user_id).select_related("pharmacy")
    return found.order_by("-asked_at", "-id")


def requests_to(actor: Actor) -> QuerySet[AttachmentRequest]:
    """The requests that the actor may answer, answered ones too, oldest first.

    The administration every one, a titulaire those of the préparateurs of their pharmacy.
    """
    found = AttachmentRequest.objects.select_related("pharmacy", "user__professional", "decided_by")
    if actor.role is Role.TITULAIRE:
        found = found.filter(pharmacy__organisation=actor.tenant, role=Role.PREPARATEUR.value)
    elif actor.role not in ADMINISTRATION:
        return found.none()
    return found.order_by("asked_at", "id")


def registered_places(numbers: Collection[str]) -> dict[str, UUID]:
    """The keys of every pharmacy registered under these FINESS géographiques, closed ones too."""
    return dict(Pharmacy.objects.filter(finess__in=numbers).values_list("finess", "pk"))


def version_called(supplier_id: UUID, name: str) -> SoftwareVersion | None:
    """A version of the supplier's software by its numéro unique, or as ``NAME@VERSION`` where it has none yet."""
    own = SoftwareVersion.objects.filter(software__supplier=supplier_id)
    numbered = own.filter(referencings__number=name).first()
    if numbered is not None or "@" not in name:
        return numbered
    software, _, label = name.rpartition("@")
    return own.filter(software__name=software, label=label).first()
