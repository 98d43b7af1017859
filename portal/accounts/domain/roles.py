"""The parts that people and the system play towards an object."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """One part; a membership carries one of them (never ``SYSTEM``)."""

    SUPPLIER = "supplier"
    DISTRIBUTOR = "distributor"
    TITULAIRE = "titulaire"
    ADJOINT = "adjoint"
    PREPARATEUR = "preparateur"
    INSTRUCTOR = "instructor"
    VALIDATOR = "validator"
    SYSTEM = "system"

    @property
    def label(self) -> str:
        """The French word shown to users."""
        return ROLE_LABELS[self]


ROLE_LABELS: dict[Role, str] = {
    Role.SUPPLIER: "Fournisseur",
    Role.DISTRIBUTOR: "Distributeur",
    Role.TITULAIRE: "Titulaire",
    Role.ADJOINT: "Pharmacien adjoint",
    Role.PREPARATEUR: "Préparateur",
    Role.INSTRUCTOR: "Instructeur",
    Role.VALIDATOR: "Valideur",
    Role.SYSTEM: "Portail",
}

SUPPLIER_SIDE = frozenset({Role.SUPPLIER, Role.DISTRIBUTOR})
PHARMACY_SIDE = frozenset({Role.TITULAIRE, Role.ADJOINT})
"""The pharmacists: who acts for a pharmacy."""
PHARMACY_STAFF = PHARMACY_SIDE | {Role.PREPARATEUR}
"""Whoever has a role in a pharmacy; a préparateur reads and acknowledges his own duties, nothing else."""
ADMINISTRATION = frozenset({Role.INSTRUCTOR, Role.VALIDATOR})
EVERYONE = frozenset(Role) - {Role.SYSTEM}
