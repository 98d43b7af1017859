"""Making the companies, pharmacies and people of the cast."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from django.contrib.auth.hashers import make_password

from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership, Organisation, User
from portal.accounts.models.people import OrganisationKind
from portal.accounts.services.identities import record_identity
from portal.demo import cast
from portal.registry.models import Pharmacy, Supplier
from portal.registry.services.people import attach_to_pharmacy, register_pharmacy
from portal.registry.services.suppliers import (
    mandate_distributor,
    register_software,
    register_supplier,
)

SINCE = datetime(2021, 1, 1, tzinfo=UTC)


def make_people() -> None:
    """Every account, company and pharmacy of the cast."""
    suppliers = {role.key: _supplier(role) for role in cast.SUPPLIERS}
    for role in cast.SUPPLIERS:
        for principal in role.distributes:
            mandate_distributor(suppliers[principal], suppliers[role.key], SINCE)
    for pharmacy in cast.PHARMACIES:
        _pharmacy(pharmacy)
    for (login, names, key), part in ((cast.ADJOINT, Role.ADJOINT), (cast.PREPARATEUR, Role.PREPARATEUR)):
        finess = next(p.finess for p in cast.PHARMACIES if p.key == key)
        place = Pharmacy.objects.get(finess=finess)
        attach_to_pharmacy(user=_user(login, names), pharmacy_id=place.pk, role=part, since=SINCE)
    administration = Organisation.objects.create(kind=OrganisationKind.ADMINISTRATION, name=cast.ADMINISTRATION)
    for login, names, part in cast.ADMINISTRATORS:
        _member(_user(login, names), administration, part)


def _supplier(role: cast.SupplierRole) -> Supplier:
    supplier = register_supplier(role.identity)
    _member(_user(role.login, role.person), supplier.organisation, role.role)
    for software in role.software:
        register_software(supplier, software.name, software.version)
    return supplier


def _pharmacy(role: cast.PharmacyRole) -> Pharmacy:
    pharmacy = register_pharmacy(
        finess=role.finess,
        name=role.name,
        address=role.address,
        postal_code=role.postal_code,
        city=role.city,
        department=role.department,
        category=role.category,
        phone="01 00 00 00 00",
    )
    attach_to_pharmacy(user=_user(role.login, role.person), pharmacy_id=pharmacy.pk, role=Role.TITULAIRE, since=SINCE)
    return pharmacy


def record_identities() -> None:
    """The national identifier of everybody of the pharmacies who has none yet (data made before it was known)."""
    known = {role.login: cast.titulaires_national_id(role) for role in cast.PHARMACIES}
    known |= {cast.ADJOINT[0]: cast.ADJOINT_NATIONAL_ID, cast.PREPARATEUR[0]: cast.PREPARATEUR_NATIONAL_ID}
    for user in User.objects.filter(email__in=known, professional=None).order_by("pk"):
        record_identity(user=user, national_id=known[user.email], recorded_by=None)


def _user(login: str, names: tuple[str, str]) -> User:
    return User.objects.create(email=login, password=_hashed_password(), first_name=names[0], last_name=names[1])


@lru_cache
def _hashed_password() -> str:
    """Hashed once for all: the password is published, and a hash takes half a second."""
    return make_password(cast.PASSWORD)


def _member(user: User, organisation: Organisation, role: Role) -> Membership:
    return Membership.objects.create(user=user, organisation=organisation, role=role.value, since=SINCE)
