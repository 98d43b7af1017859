"""What Pro Santé Connect says of a person, and what the portal demands of it.

Sources: ANS, « Documentation technique Pro Santé Connect » (claims of userinfo, levels ``eidas1`` to ``eidas3``);
code de la santé publique, article L. 4232-1 (sections of the Ordre: A titulaires, D adjoints); TRE-G15.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.accounts.domain.roles import Role
from portal.common.identifiers import FINESS_FORM
from portal.common.refusals import Refusal, Refused, refuse

PHARMACIST = "21"
"""``codeProfession`` of a pharmacist (TRE-G15)."""
PREPARATEUR = "39"
"""``codeProfession`` of a préparateur en pharmacie d’officine (TRE-G15); 38, hospital pharmacy, has no place here."""

ACR_LEVELS: Mapping[str, int] = {"eidas1": 1, "eidas2": 2, "eidas3": 3}
"""Levels of assurance that an ID token may state; card users come as eidas2 even when eidas1 was asked."""

NATIONAL_ID_FORM = re.compile(r"[0-9A-Za-z][0-9A-Za-z/._-]{4,59}")
"""8 and the RPPS number for a pharmacist; letters in the test identities (``ANS…``)."""

_SECTIONS = {"A": Role.TITULAIRE, "D": Role.ADJOINT}
_LONGEST = 200
_MOST_ACTIVITIES = 50


@dataclass(frozen=True)
class Activity:
    """Where and how a person practises, as declared by Pro Santé Connect; empty where it says nothing.

    ``finess`` is the site's, upper case, kept only when well-formed. The other fields are codes of the ANS,
    carried as they came.
    """

    finess: str = ""
    siret: str = ""
    name: str = ""
    section: str = ""
    mode: str = ""
    role_code: str = ""
    profession: str = ""

    def as_data(self) -> dict[str, str]:
        """The declaration as JSON, to be kept beside a request."""
        return dict(vars(self))


@dataclass(frozen=True)
class Professional:
    """A pharmacist or préparateur as Pro Santé Connect says. ``national_id`` is the only key; names may change."""

    national_id: str
    first_name: str
    last_name: str
    auth_mode: str
    activities: tuple[Activity, ...]


def check_acr(acr: Any, minimum: str) -> list[Refusal]:
    """Refuse a level of assurance that is unknown or below ``minimum`` (one of ``ACR_LEVELS``); above is accepted."""
    if isinstance(acr, str) and ACR_LEVELS.get(acr, 0) >= ACR_LEVELS[minimum]:
        return []
    return [
        Refusal(
            "psc_acr",
            "Votre moyen de connexion n’offre pas le niveau de garantie demandé par le programme. "
            "Recommencez avec votre application e-CPS ou votre carte CPS.",
        )
    ]


def read_professional(userinfo: Mapping[str, Any]) -> Professional:
    """The pharmacist or préparateur in a userinfo answer, whatever else it holds.

    Raises ``Refused``: ``psc_no_identifier`` (no national identifier), ``psc_profession`` (neither of both).
    """
    national_id = _text(userinfo.get("SubjectNameID"))
    if not NATIONAL_ID_FORM.fullmatch(national_id):
        raise refuse(
            "psc_no_identifier",
            "Pro Santé Connect n’a pas transmis votre identifiant national (RPPS). Le portail ne peut pas vous "
            "reconnaître. Recommencez ; si cela se répète, signalez-le au support de Pro Santé Connect.",
        )
    exercices = [one for one in _exercices(userinfo) if _text(one.get("codeProfession")) in (PHARMACIST, PREPARATEUR)]
    if not exercices:
        raise _not_a_pharmacist()
    first = exercices[0]
    return Professional(
        national_id=national_id,
        first_name=_text(userinfo.get("given_name"))[:80] or _text(first.get("prenomDexercice"))[:80],
        last_name=_text(userinfo.get("family_name"))[:80] or _text(first.get("nomDexercice"))[:80],
        auth_mode=_text(userinfo.get("authMode"))[:40],
        activities=tuple(_activity(row, one) for one in exercices for row in _rows(one.get("activities")))[
            :_MOST_ACTIVITIES
        ],
    )


def likely_role(activity: Activity) -> Role | None:
    """The role that the section of the Ordre suggests, None where it leaves a doubt (section E holds both overseas).

    An indication shown to who decides, never a right: the codes of role and mode are not documented for pharmacies.
    """
    if activity.profession == PREPARATEUR:
        return Role.PREPARATEUR
    return _SECTIONS.get(activity.section.upper())


def askable(role: Role, activity: Activity) -> bool:
    """Whether what Pro Santé Connect declares lets a person ask for ``role``: no préparateur is a pharmacist."""
    return role is Role.PREPARATEUR or activity.profession != PREPARATEUR


def _not_a_pharmacist() -> Refused:
    return refuse(
        "psc_profession",
        "Votre compte Pro Santé Connect n’est ni celui d’un pharmacien, ni celui d’un préparateur en pharmacie. "
        "L’accès par Pro Santé Connect leur est réservé ; les fournisseurs et l’administration se connectent avec leur "
        "mot de passe.",
        legal_ref="TRE-G15, codes 21 et 39",
    )


def _exercices(userinfo: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    proof = userinfo.get("SubjectRefPro")
    return _rows(proof.get("exercices")) if isinstance(proof, Mapping) else []


def _rows(value: Any) -> list[Mapping[str, Any]]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [row for row in value if isinstance(row, Mapping)]


def _activity(row: Mapping[str, Any], exercice: Mapping[str, Any]) -> Activity:
    finess = _text(row.get("numeroFinessSite")).upper()
    return Activity(
        finess=finess if FINESS_FORM.fullmatch(finess) else "",
        siret=_text(row.get("numeroSiretSite"))[:14],
        name=_text(row.get("raisonSocialeSite")),
        section=_text(row.get("codeSectionPharmacien"))[:10],
        mode=_text(row.get("codeModeExercice"))[:10],
        role_code=_text(row.get("codeRole"))[:20],
        profession=_text(exercice.get("codeProfession"))[:10],
    )


def _text(value: Any) -> str:
    """A claim as text: anything else than a string counts as absent, control characters are dropped."""
    if not isinstance(value, str):
        return ""
    return "".join(c for c in value if c.isprintable()).strip()[:_LONGEST]
