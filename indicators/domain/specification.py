"""The activity log as its suppliers read it: each column, value and bound of ``log_format``, in French words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from indicators.domain.log_format import (
    AHEAD_MINUTES,
    COLUMNS,
    COMMON,
    EARLIEST,
    EVENT_ID,
    FIELDS,
    FINESS,
    KEPT_VALUE,
    LOCAL_TIME,
    MAX_LINE,
    MAX_RATIO,
    MAX_REVISION,
    MAX_UNPACKED,
    OFFSET,
    REVISION,
    STATUSES,
    USER_REF,
    tails,
)


@dataclass(frozen=True)
class Column:
    """A column: what it says, for which types of event (none named: all), the values that it takes with their words,
    the pattern of those that are no list, and what bounds them."""

    name: str
    meaning: str
    types: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    pattern: str = ""
    bound: str = ""


_MEANINGS = {
    "event_id": "UUID de l’évènement, choisi par le logiciel, unique dans une pharmacie.",
    "revision": "Numéro de la version de l’évènement : la plus haute est celle qui compte.",
    "status": "Si l’évènement compte encore.",
    "finess": "FINESS géographique de la pharmacie.",
    "occurred_at": "Date et heure de l’évènement, avec les secondes et le décalage horaire (ISO 8601).",
    "type": "Ce qui s’est passé.",
    "user_ref": "Pseudonyme du compte de l’utilisateur, stable dans une pharmacie. Jamais un nom.",
    "mss_exchange": "Si elle a donné lieu à un échange par messagerie sécurisée de santé.",
    "e_prescription": "Si elle a été exécutée par le circuit de l’e-prescription.",
    "prescriber_setting": "Où exerce le prescripteur.",
    "apcv": "Si elle a été faite avec l’application carte Vitale.",
    "finalised": "Si sa fiche de bilan existe.",
    "dmp_fed": "S’il a alimenté le DMP.",
    "insi_operation": "Opération demandée au téléservice INSi.",
    "insi_means": "Moyen d’authentification.",
    "insi_outcome": "Réponse du téléservice.",
}
VALUE_WORDS = {
    "active": "il compte",
    "cancelled": "annulé, il ne compte plus",
    "dispensation": "délivrance",
    "prescription": "prescription exécutée",
    "claim": "feuille de soins électronique (FSE)",
    "assessment": "accompagnement ou bilan",
    "insi_call": "appel au téléservice INSi",
    "0": "non",
    "1": "oui",
    "city": "en ville",
    "hospital": "à l’hôpital",
    "other": "ailleurs",
    "retrieval": "récupération de l’INS",
    "verification": "vérification de l’INS",
    "cpx": "carte CPx",
    "org_certificate": "certificat de structure",
    "ok": "identité trouvée ou confirmée",
    "no_match": "aucune identité",
    "several": "plusieurs identités",
    "unavailable": "téléservice indisponible",
    "refused": "appel refusé",
}
_PATTERNS = {
    "event_id": EVENT_ID,
    "revision": REVISION,
    "finess": FINESS,
    "occurred_at": LOCAL_TIME + OFFSET,
    "user_ref": USER_REF,
}
_BOUNDS = {
    "revision": f"de 1 à {MAX_REVISION}",
    "occurred_at": f"à partir du 1er janvier {EARLIEST} (Paris), et au plus {AHEAD_MINUTES} minutes après le dépôt",
}
_LISTS: Mapping[str, tuple[str, ...]] = {"status": STATUSES, "type": tuple(FIELDS)}
_EXAMPLE = {
    "event_id": "5f0c6b1e-8f3a-4d2b-9c57-1a2b3c4d5e6f",
    "revision": "1",
    "status": "active",
    "finess": "350000001",
    "occurred_at": "2023-03-26T09:15:00+02:00",
    "user_ref": "op1",
}


def columns() -> list[Column]:
    """Every column, in the order of the file."""
    return [_column(name) for name in COLUMNS]


def _column(name: str) -> Column:
    types = tuple(kind for kind in FIELDS if name in FIELDS[kind])
    listed = FIELDS[types[0]][name] if types else _LISTS.get(name, ())
    values = tuple((value, VALUE_WORDS[value]) for value in listed)
    return Column(name, _MEANINGS[name], types, values, _PATTERNS.get(name, ""), _BOUNDS.get(name, ""))


def example_lines() -> list[tuple[str, str]]:
    """A good line of each type, each an event of its own, with the words of that type."""
    found = []
    for number, kind in enumerate(FIELDS):
        cells = [{**_EXAMPLE, "type": kind}[name] for name in COLUMNS[:COMMON]]
        cells[0] = f"{cells[0][:-1]}{number}"
        found.append((VALUE_WORDS[kind], ";".join([*cells, tails(kind)[-1]])))
    return found


def bounds() -> list[tuple[str, str]]:
    """What a file and a line may not exceed."""
    return [
        ("Taille décompressée", f"{MAX_UNPACKED // 1024**3} Gio au plus"),
        ("Archive", f"au plus {MAX_RATIO} fois sa taille une fois décompressée"),
        ("Ligne", f"{MAX_LINE // 1024} Kio au plus"),
        (
            "Valeur gardée d’une ligne à corriger",
            f"ses {KEPT_VALUE} premiers caractères ; d’un pseudonyme, sa longueur",
        ),
    ]
