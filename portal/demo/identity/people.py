"""Whom the demonstration's identity provider knows: the cast's pharmacists, and a few to try what happens to others."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from portal.demo.pharmacists import (
    ADJOINT,
    ADJOINT_NATIONAL_ID,
    PHARMACIES,
    PREPARATEUR,
    PREPARATEUR_NATIONAL_ID,
    PharmacyRole,
    national_id,
    titulaires_national_id,
)

_REALM = uuid.uuid5(uuid.NAMESPACE_URL, "psc-de-demonstration")


@dataclass(frozen=True)
class Person:
    """One made-up person. ``profession`` is the ANS's code, ``section`` that of the Ordre (A titulaire, D adjoint)."""

    key: str
    national_id: str
    first_name: str
    last_name: str
    label: str
    section: str = "A"
    places: tuple[PharmacyRole, ...] = ()
    profession: str = "21"
    acr: str = "eidas1"

    @property
    def sub(self) -> str:
        """The technical identifier of the realm: not the national one."""
        return f"f:{_REALM}:{self.key}"

    @property
    def auth_mode(self) -> str:
        """How the person proved who they are: not at all."""
        return "DEMONSTRATION"

    def userinfo(self) -> dict[str, Any]:
        """The claims, in the form of Pro Santé Connect's."""
        return {
            "sub": self.sub,
            "SubjectNameID": self.national_id,
            "preferred_username": self.national_id,
            "family_name": self.last_name.upper(),
            "given_name": self.first_name,
            "authMode": self.auth_mode,
            "Palier_Authentification": "APPPRIP3^1.2.250.1.213.1.5.1.1.1",
            "SubjectRole": [f"{self.profession}^1.2.250.1.213.1.1.5.5"],
            "otherIds": [{"identifiant": self.national_id, "origine": "RPPS", "qualite": 1}],
            "SubjectRefPro": {
                "codeCivilite": "M",
                "exercices": [
                    {
                        "codeProfession": self.profession,
                        "codeCategorieProfessionnelle": "C",
                        "nomDexercice": self.last_name,
                        "prenomDexercice": self.first_name,
                        "activities": [self._activity(place) for place in self.places],
                    }
                ],
            },
        }

    def _activity(self, place: PharmacyRole) -> dict[str, str]:
        return {
            "codeModeExercice": "L" if self.section == "A" else "S",
            "codeSecteurDactivite": "SA33",
            "codeSectionPharmacien": self.section,
            "codeRole": "",
            "numeroSiretSite": "",
            "numeroFinessSite": place.finess,
            "raisonSocialeSite": place.name,
        }


def _titulaire(place: PharmacyRole) -> Person:
    first, last = place.person
    return Person(place.key, titulaires_national_id(place), first, last, f"Titulaire, {place.name}", places=(place,))


def _place(key: str) -> PharmacyRole:
    return next(place for place in PHARMACIES if place.key == key)


PEOPLE: dict[str, Person] = {
    person.key: person
    for person in (
        *(_titulaire(place) for place in PHARMACIES),
        Person(
            "adjoint",
            ADJOINT_NATIONAL_ID,
            *ADJOINT[1],
            f"Adjointe, {_place(ADJOINT[2]).name} (avec sa carte CPS : niveau eidas2)",
            section="D",
            places=(_place(ADJOINT[2]),),
            acr="eidas2",
        ),
        Person(
            "nouvelle",
            national_id("9000002"),
            "Camille",
            "Rivoal",
            "Adjointe de deux pharmacies, encore inconnue du portail",
            section="D",
            places=(_place("canal"), _place("tilleuls")),
        ),
        Person(
            "preparatrice",
            PREPARATEUR_NATIONAL_ID,
            *PREPARATEUR[1],
            f"Préparatrice, {_place(PREPARATEUR[2]).name}",
            section="",
            places=(_place(PREPARATEUR[2]),),
            profession="39",
        ),
        Person(
            "nouveau-preparateur",
            national_id("9000005"),
            "Hugo",
            "Tessier",
            "Préparateur d’une pharmacie, encore inconnu du portail",
            section="",
            places=(_place("canal"),),
            profession="39",
        ),
        Person(
            "medecin",
            national_id("9000003"),
            "Denis",
            "Aubry",
            "Médecin : le portail le refuse",
            section="",
            profession="10",
        ),
    )
}
