"""The made-up people, companies and pharmacies of the demonstration. Every name is invented."""

from __future__ import annotations

from dataclasses import dataclass, field

from portal.accounts.domain.roles import Role
from portal.demo.pharmacists import ADJOINT as ADJOINT
from portal.demo.pharmacists import ADJOINT_NATIONAL_ID as ADJOINT_NATIONAL_ID
from portal.demo.pharmacists import PHARMACIES as PHARMACIES
from portal.demo.pharmacists import PREPARATEUR as PREPARATEUR
from portal.demo.pharmacists import PREPARATEUR_NATIONAL_ID as PREPARATEUR_NATIONAL_ID
from portal.demo.pharmacists import PharmacyRole as PharmacyRole
from portal.demo.pharmacists import titulaires_national_id as titulaires_national_id
from portal.registry.domain.referencing import Status
from portal.registry.services.suppliers import SupplierIdentity

PASSWORD = "demonstration-officine"  # noqa: S105  (the demonstration exists only in the embedded setup)
PROGRAMME = "PHA-LGO-Va1"


@dataclass(frozen=True)
class SoftwareRole:
    """A software of the cast; ``number`` once référencé; ``history``: each ISO day with the status it brings."""

    name: str
    version: str
    number: str = ""
    history: tuple[tuple[str, Status], ...] = ()


@dataclass(frozen=True)
class SupplierRole:
    """A supplier of the cast and the person who works there."""

    key: str
    identity: SupplierIdentity
    login: str
    person: tuple[str, str]
    software: tuple[SoftwareRole, ...]
    role: Role = Role.SUPPLIER
    distributes: tuple[str, ...] = field(default=())


SUPPLIERS: tuple[SupplierRole, ...] = (
    SupplierRole(
        "officia",
        SupplierIdentity(
            "Officia Logiciels",
            "73282932000074",
            "12 rue des Templiers",
            "35000",
            "Rennes",
            "Claire Morvan",
            "02 99 00 00 01",
            "commandes@officia.example",
        ),
        "fournisseur@officia.example",
        ("Claire", "Morvan"),
        (
            SoftwareRole(
                "Officia LGO",
                "5.2",
                "PHA-LGO-2022-0001",
                (
                    ("2022-09-12", Status.COMPLETE),
                    ("2022-10-03", Status.REFERENCED),
                    ("2023-05-22", Status.SUSPENDED),
                    ("2023-06-12", Status.REFERENCED),
                ),
            ),
            SoftwareRole("Officia Comptoir", "1.0"),
        ),
    ),
    SupplierRole(
        "galene",
        SupplierIdentity(
            "Galène Informatique",
            "55208131766522",
            "4 quai de la Loire",
            "44000",
            "Nantes",
            "Paul Estève",
            "02 40 00 00 02",
            "ventes@galene.example",
        ),
        "fournisseur@galene.example",
        ("Paul", "Estève"),
        (
            SoftwareRole(
                "Galène Officine",
                "2022.1",
                "PHA-LGO-2023-0007",
                (("2023-02-27", Status.COMPLETE), ("2023-03-20", Status.REFERENCED)),
            ),
        ),
    ),
    SupplierRole(
        "comptoir-sud",
        SupplierIdentity(
            "Comptoir Sud Distribution",
            "40483304800022",
            "8 boulevard Longchamp",
            "13001",
            "Marseille",
            "Nadia Benali",
            "04 91 00 00 03",
            "contact@comptoir-sud.example",
        ),
        "distributeur@comptoir-sud.example",
        ("Nadia", "Benali"),
        (),
        role=Role.DISTRIBUTOR,
        distributes=("officia",),
    ),
)

ADMINISTRATION = "Administration du programme"
ADMINISTRATORS: tuple[tuple[str, tuple[str, str], Role], ...] = (
    ("instructeur@administration.example", ("Odile", "Renard"), Role.INSTRUCTOR),
    ("valideur@administration.example", ("Hugo", "Simon"), Role.VALIDATOR),
)
