"""Attaching people to pharmacies and suppliers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership, Organisation, User
from portal.accounts.models.people import OrganisationKind
from portal.accounts.selectors import national_id_of
from portal.accounts.services.identities import record_identity
from portal.common.refusals import refuse
from portal.common.text import fold
from portal.registry.models import Lineage, Pharmacy, Supplier


@transaction.atomic
def attach_to_pharmacy(*, user: User, pharmacy_id: UUID, role: Role, since: datetime) -> Membership:
    """Give a person a role in a pharmacy; the pharmacy's organisation is made on first need."""
    pharmacy = Pharmacy.objects.select_for_update().get(pk=pharmacy_id)
    organisation = pharmacy.organisation
    if organisation is None:
        organisation = Organisation.objects.create(kind=OrganisationKind.PHARMACY, name=pharmacy.name)
        pharmacy.organisation = organisation
        pharmacy.save(update_fields=["organisation"])
    return Membership.objects.create(user=user, organisation=organisation, role=role.value, since=since)


@dataclass(frozen=True)
class Person:
    """Whom to attach; the account is found by its address or made without a usable password.

    ``national_id``: that of a pharmacist, where the administrator knows it.
    """

    email: str
    first_name: str
    last_name: str
    national_id: str = ""


@transaction.atomic
def engage(
    *, person: Person, pharmacy_id: UUID, role: Role, since: datetime, recorded_by: int | None = None
) -> Membership:
    """Attach a person to a pharmacy by address, or record the national identifier of one who is attached already.

    Raises ``Refused`` when they already have this role there and nothing is added, and as ``record_identity`` does.
    """
    user = account_of(person)
    known = Membership.objects.filter(
        user=user, organisation__pharmacy=pharmacy_id, role=role.value, until=None
    ).first()
    if person.national_id:
        news = national_id_of(user.pk) != person.national_id.strip()
        record_identity(user=user, national_id=person.national_id, recorded_by=recorded_by)
        if known is not None and news:
            return known
    if known is not None:
        raise refuse("already_attached", "Cette personne a déjà cette fonction dans cette pharmacie.", "email")
    return attach_to_pharmacy(user=user, pharmacy_id=pharmacy_id, role=role, since=since)


@transaction.atomic
def engage_at_supplier(*, person: Person, supplier: Supplier, role: Role, since: datetime) -> Membership:
    """Attach a person to a supplier or distributor. Raises ``Refused`` when they already have this role there."""
    user = account_of(person)
    known = Membership.objects.filter(user=user, organisation=supplier.organisation, role=role.value, until=None)
    if known.exists():
        raise refuse("already_attached", "Cette personne a déjà cette fonction chez ce fournisseur.", "email")
    return Membership.objects.create(user=user, organisation=supplier.organisation, role=role.value, since=since)


def account_of(person: Person) -> User:
    """The account of an address; made without a usable password where it is new."""
    email = person.email.strip().lower()
    user = User.objects.filter(email=email).first()
    return user or User.objects.create_user(email, None, first_name=person.first_name, last_name=person.last_name)


@transaction.atomic
def register_pharmacy(**fields: object) -> Pharmacy:
    """A pharmacy entered by hand (demonstration, tests): its own lineage, its search and sort keys."""
    name, city = str(fields["name"]), str(fields.get("city", ""))
    words = f"{name} {city} {fields.get('postal_code', '')} {fields['finess']}"
    return Pharmacy.objects.create(
        lineage=Lineage.objects.create(), search_key=fold(words), sort_key=fold(name), **fields
    )
