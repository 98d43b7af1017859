"""Companies, pharmacies and people, made by the registry's own services."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

import factory
from stdnum import luhn

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership, Organisation, User
from portal.accounts.models.people import OrganisationKind
from portal.common import clock
from portal.common.clock import PARIS
from portal.registry.domain.referencing import Status
from portal.registry.models import Pharmacy, SoftwareVersion, Supplier
from portal.registry.services.people import attach_to_pharmacy, register_pharmacy
from portal.registry.services.suppliers import (
    SupplierIdentity,
    mandate_distributor,
    record_status,
    register_software,
    register_supplier,
)

PROGRAMME = "PHA-LGO-Va1"
SINCE = datetime(2021, 1, 1, tzinfo=UTC)
COMPLETE_ON = datetime(2022, 9, 12, 10, tzinfo=PARIS)
REFERENCED_ON = datetime(2022, 10, 3, 10, tzinfo=PARIS)
_serial = count(1)


def siret(number: int) -> str:
    """A well-formed SIRET with right check digits (of the SIREN and of the whole)."""
    siren = f"{40_000_000 + number:08d}"
    thirteen = siren + luhn.calc_check_digit(siren) + "0001"
    return thirteen + luhn.calc_check_digit(thirteen)


class IdentityFactory(factory.Factory):
    """What a supplier says of itself."""

    class Meta:
        model = SupplierIdentity

    class Params:
        serial = factory.LazyFunction(lambda: next(_serial))

    name = factory.LazyAttribute(lambda o: f"Fournisseur {o.serial}")
    siret = factory.LazyAttribute(lambda o: siret(o.serial))
    address = "12 rue des Templiers"
    postal_code = "35000"
    city = "Rennes"
    contact_name = "Claire Morvan"
    phone = "02 99 00 00 01"
    email = factory.LazyAttribute(lambda o: f"contact{o.serial}@fournisseur.example")


def person(first: str = "Anne", last: str = "Lefèvre", **fields: Any) -> User:
    """A new person with an address of their own."""
    email = fields.pop("email", f"personne{next(_serial)}@essai.example")
    return User.objects.create_user(email, "mot-de-passe-d-essai", first_name=first, last_name=last, **fields)


def member(organisation: Organisation, role: Role, *, since: datetime = SINCE, until: datetime | None = None) -> Actor:
    """A new person with a role in an organisation."""
    membership = Membership.objects.create(
        user=person(), organisation=organisation, role=role.value, since=since, until=until
    )
    return Actor.of(membership, request_id="essai")


def supplier(**fields: Any) -> Supplier:
    """A registered supplier."""
    return register_supplier(IdentityFactory(**fields))


def distributor_for(principal: Supplier, *, since: datetime = SINCE) -> Supplier:
    """A company mandated by ``principal``."""
    company = supplier()
    mandate_distributor(principal, company, since)
    return company


def pharmacy(*, department: str = "35", category: str = "620", **fields: Any) -> Pharmacy:
    """A pharmacy of the registry with nobody attached."""
    number = next(_serial)
    given = {
        "finess": f"{department}{number:07d}",
        "name": f"Pharmacie n° {number}",
        "address": "3 place du Marché",
        "postal_code": "35400",
        "city": "Saint-Malo",
        "department": department,
        "category": category,
        "phone": "02 99 00 00 02",
    }
    return register_pharmacy(**(given | fields))


def attach(place: Pharmacy, role: Role, *, since: datetime = SINCE) -> Actor:
    """A new person with a role in a pharmacy."""
    membership = attach_to_pharmacy(user=person(), pharmacy_id=place.pk, role=role, since=since)
    place.refresh_from_db()
    return Actor.of(membership, request_id="essai")


def administrator(role: Role = Role.INSTRUCTOR) -> Actor:
    """A person of the programme's administration."""
    name = "Administration du programme"
    place, _ = Organisation.objects.get_or_create(kind=OrganisationKind.ADMINISTRATION, name=name)
    return member(place, role)


def software(
    owner: Supplier, *, referenced: bool = True, name: str = "Logiciel d’essai", programme: str = PROGRAMME
) -> SoftwareVersion:
    """A software version, by default with its complete dossier and its référencement, each recorded at its date."""
    version = register_software(owner, name, "1.0")
    if referenced:
        reference(version, programme=programme)
    return version


def reference(
    version: SoftwareVersion,
    *,
    complete: datetime = COMPLETE_ON,
    at: datetime = REFERENCED_ON,
    programme: str = PROGRAMME,
) -> None:
    """Record a complete dossier, then the référencement."""
    say(version, Status.COMPLETE, complete, programme=programme)
    say(version, Status.REFERENCED, at, number=f"NUM-{next(_serial)}", programme=programme)


def say(version: SoftwareVersion, status: Status, at: datetime, number: str = "", programme: str = PROGRAMME) -> None:
    """Record one status of the référencement at the instant it takes effect."""
    with clock.frozen(business=at):
        record_status(
            programme=programme, version=version, status=status, effective_at=at, source="essai", number=number
        )
