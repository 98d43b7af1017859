"""Writing suppliers, software and the recorded statuses of their référencement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from portal.accounts.models import Organisation
from portal.accounts.models.people import OrganisationKind
from portal.common import clock
from portal.common.identifiers import check_siret, normalise
from portal.common.refusals import Refused, refuse
from portal.common.text import fold
from portal.outbox.services.publish import publish
from portal.registry.domain.referencing import Status
from portal.registry.models import (
    DistributorMandate,
    Referencing,
    ReferencingEvent,
    Software,
    SoftwareVersion,
    Supplier,
)


@dataclass(frozen=True)
class SupplierIdentity:
    """The identity block of a supplier, as printed on its orders."""

    name: str
    siret: str
    address: str
    postal_code: str
    city: str
    contact_name: str
    phone: str
    email: str


@transaction.atomic
def register_supplier(identity: SupplierIdentity) -> Supplier:
    """Create a supplier with its organisation. Raises ``Refused`` for a wrong SIRET."""
    siret = normalise(identity.siret)
    if refusals := check_siret(siret):
        raise Refused(refusals)
    if Supplier.objects.filter(siret=siret).exists():
        raise refuse("siret_known", "Un fournisseur porte déjà ce numéro SIRET.", "siret")
    organisation = Organisation.objects.create(kind=OrganisationKind.SUPPLIER, name=identity.name)
    return Supplier.objects.create(
        organisation=organisation,
        siret=siret,
        name=identity.name,
        search_key=fold(identity.name),
        address=identity.address,
        postal_code=identity.postal_code,
        city=identity.city,
        contact_name=identity.contact_name,
        phone=identity.phone,
        email=identity.email,
    )


def register_software(supplier: Supplier, name: str, version: str) -> SoftwareVersion:
    """The version of a software, created where it is new."""
    software, _ = Software.objects.get_or_create(supplier=supplier, name=name)
    return SoftwareVersion.objects.get_or_create(software=software, label=version)[0]


def mandate_distributor(supplier: Supplier, distributor: Supplier, since: datetime) -> DistributorMandate:
    """Let ``distributor`` act for ``supplier`` from ``since`` on."""
    return DistributorMandate.objects.create(supplier=supplier, distributor=distributor, since=since)


@transaction.atomic
def record_status(
    *,
    programme: str,
    version: SoftwareVersion,
    status: Status,
    effective_at: datetime,
    source: str,
    number: str = "",
    reason: str = "",
) -> Referencing:
    """Record one change of status; the numéro unique comes with the référencement. Raises ``Refused``."""
    referencing, _ = Referencing.objects.get_or_create(programme_id=programme, version=version)
    referencing = Referencing.objects.select_for_update().get(pk=referencing.pk)
    number = number.strip()
    if status is Status.REFERENCED:
        _take_number(referencing, number)
    event = ReferencingEvent.objects.create(
        referencing=referencing,
        status=status.value,
        effective_at=effective_at,
        recorded_at=clock.business_now(),
        reason=reason,
        source=source,
    )
    publish(
        "referencing.changed",
        {"programme": programme, "version": str(version.pk), "status": status.value, "event": event.pk},
        dedup=f"referencing.changed:{event.pk}",
    )
    return referencing


def _take_number(referencing: Referencing, number: str) -> None:
    if referencing.number and number in ("", referencing.number):
        return
    if referencing.number:
        raise refuse("number_fixed", f"Cette version porte déjà le numéro {referencing.number}.", "number")
    if not number:
        raise refuse("number_missing", "Indiquez le numéro unique de référencement délivré par l’ANS.", "number")
    if Referencing.objects.filter(number=number).exists():
        raise refuse("number_taken", "Ce numéro unique est déjà celui d’une autre version.", "number")
    referencing.number = number
    referencing.save(update_fields=["number"])
