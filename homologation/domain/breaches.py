"""What is said of a breach, and what forbids each act on it (compliance facts §2; RGPD art. 33 and 34)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from homologation.domain.breach_clock import ARTICLE_33
from portal.common.patient_numbers import check_free_text
from portal.common.refusals import Refusal

ARTICLE_34 = "RGPD, article 34"
UNKNOWN = "encore inconnu"

CONTENTS: Mapping[str, str] = {
    "nature": "Nature de la violation : ce qui s’est passé",
    "persons_categories": "Catégories de personnes concernées",
    "persons_number": "Nombre approximatif de personnes concernées",
    "records_categories": "Catégories de données concernées",
    "records_number": "Nombre approximatif d’enregistrements concernés",
    "contact": "Personne à contacter (délégué à la protection des données ou autre)",
    "consequences": "Conséquences probables pour les personnes",
    "measures": "Mesures prises ou proposées",
}
"""What a notification says, art. 33(3) a to d; each with a value or « encore inconnu » (None)."""
KINDS: Mapping[str, str] = {
    "confidentiality": "Confidentialité : des données ont été vues ou transmises à tort",
    "integrity": "Intégrité : des données ont été modifiées à tort",
    "availability": "Disponibilité : des données sont perdues ou inaccessibles",
}
SOURCES: Mapping[str, str] = {
    "person": "Une personne de la pharmacie ou un patient",
    "alert": "Une alerte de supervision",
    "editor": "L’éditeur du logiciel",
    "authority": "Une autorité",
}
CHANNELS: Mapping[str, str] = {
    "teleservice": "Téléservice de la CNIL",
    "phone": "Téléphone, confirmé ensuite par écrit",
    "mail": "Courrier",
}
DELAYS: Mapping[str, str] = {
    "progressive": "Découverte progressive",
    "unavailable": "Indisponibilité (téléservice, personne, matériel)",
    "processor": "Information tardive d’un prestataire",
    "other": "Autre",
}


class Persons(StrEnum):
    """Where the information of the persons concerned stands (art. 34). ``A``, ``B``, ``C``: exemptions of 34(3)."""

    UNDECIDED = "undecided"
    NOT_REQUIRED = "not_required"
    REQUIRED = "required"
    INFORMED = "informed"
    A = "exempt_a"
    B = "exempt_b"
    C = "exempt_c"


PERSONS: Mapping[Persons, str] = {
    Persons.UNDECIDED: "À décider",
    Persons.NOT_REQUIRED: "Non requise : le risque n’est pas élevé",
    Persons.REQUIRED: "Requise : à faire sans retard",
    Persons.INFORMED: "Personnes informées",
    Persons.A: "Exemption : données protégées (illisibles, chiffrées), art. 34(3)(a)",
    Persons.B: "Exemption : le risque élevé a été écarté depuis, art. 34(3)(b)",
    Persons.C: "Exemption : effort disproportionné, communication publique à la place, art. 34(3)(c)",
}
SETTLED = frozenset(Persons) - {Persons.UNDECIDED, Persons.REQUIRED}
REASONED = (Persons.NOT_REQUIRED, Persons.C, Persons.A, Persons.B)
"""What needs its written reason."""
DECISIONS = (Persons.REQUIRED, Persons.NOT_REQUIRED, Persons.A, Persons.B, Persons.C)


@dataclass(frozen=True)
class BreachFacts:
    """What decides which acts are open. ``sent``: the contents of the last notification, None before the first."""

    contents: Mapping[str, str | None]
    kinds: Collection[str]
    persons: Persons
    sent: Mapping[str, str | None] | None = None


def number_words(drill: bool, year: int, number: int) -> str:
    """« VIO-2023-0001 »; drills are counted apart: « EXE-2023-0001 »."""
    return f"{'EXE' if drill else 'VIO'}-{year}-{number:04d}"


def guard_send(facts: BreachFacts) -> list[Refusal]:
    """Everything of art. 33(3) is said, be it « encore inconnu »."""
    refusals = []
    if missing := [label for key, label in CONTENTS.items() if key not in facts.contents]:
        refusals.append(
            Refusal(
                "contents_missing",
                f"La description n’est pas complète : {' ; '.join(missing)}. Indiquez chaque point, ou cochez "
                f"« {UNKNOWN} » : vous pourrez compléter plus tard.",
                legal_ref=ARTICLE_33,
            )
        )
    if not facts.kinds:
        refusals.append(
            Refusal("kind_missing", "Indiquez dans la description ce qui est touché : confidentialité, intégrité…")
        )
    return refusals


def guard_receipt(facts: BreachFacts) -> list[Refusal]:
    """There is a notification that the CNIL can have answered."""
    if facts.sent is not None:
        return []
    return [Refusal("nothing_sent", "Aucune notification n’a été envoyée à la CNIL : il n’y a pas d’accusé à joindre.")]


def guard_complete(facts: BreachFacts) -> list[Refusal]:
    """The last notification left nothing « encore inconnu »."""
    if facts.sent is not None and None not in facts.sent.values():
        return []
    return [
        Refusal(
            "still_unknown",
            "La dernière notification laissait des points « encore inconnus » : enregistrez d’abord une notification "
            "complémentaire, sans point inconnu.",
            legal_ref=ARTICLE_33,
        )
    ]


def guard_inform(facts: BreachFacts) -> list[Refusal]:
    """Persons are informed once that was decided."""
    if facts.persons is Persons.REQUIRED:
        return []
    return [Refusal("not_decided", "Décidez d’abord que l’information des personnes est requise.")]


def guard_settle(facts: BreachFacts) -> list[Refusal]:
    """Persons that were informed cannot be un-informed."""
    if facts.persons is not Persons.INFORMED:
        return []
    return [Refusal("already_informed", "Les personnes ont déjà été informées : ce point est réglé.")]


def guard_close(facts: BreachFacts) -> list[Refusal]:
    """The question of the persons is settled, and what is touched is known."""
    refusals = []
    if facts.persons not in SETTLED:
        refusals.append(
            Refusal(
                "persons_pending",
                "L’information des personnes n’est pas réglée : décidez-en, ou enregistrez-la, avant de clore.",
                legal_ref=ARTICLE_34,
            )
        )
    return refusals


def check_awareness(detected_at: datetime, aware_at: datetime, now: datetime) -> list[Refusal]:
    """One is aware after the first signs, and not in the future."""
    if aware_at < detected_at:
        words = "La prise de connaissance ne peut pas précéder les premiers signes : vérifiez les deux dates."
        return [Refusal("before_detection", words, "aware_at")]
    return check_past(aware_at, now, "aware_at")


def check_past(moment: datetime, now: datetime, field: str) -> list[Refusal]:
    """What is told has happened."""
    if moment <= now:
        return []
    return [Refusal("in_the_future", "Cette date est dans le futur : indiquez quand cela s’est passé.", field)]


def check_span(start: datetime | None, end: datetime | None) -> list[Refusal]:
    """The violation did not end before it began."""
    if start is None or end is None or start <= end:
        return []
    return [Refusal("ends_before", "La fin ne peut pas précéder le début : vérifiez les deux dates.", "occurred_to")]


def check_texts(texts: Mapping[str, str | None], required: Collection[str] = ()) -> list[Refusal]:
    """Each required text says something, and none holds a patient's number."""
    refusals = []
    for field, text in texts.items():
        if field in required and not (text or "").strip():
            refusals.append(Refusal("missing_text", "Écrivez quelques mots : ce texte sera votre preuve.", field))
        refusals += check_free_text(text, field)
    return refusals


def remaining_words(deadline: datetime, now: datetime) -> str:
    """« Il reste 41 h 12 min », « dépassée de 3 h 05 min », in elapsed time, to the minute."""
    minutes = int(abs(deadline - now) / timedelta(minutes=1))
    hours, rest = divmod(minutes, 60)
    span = f"{hours}\u00a0h {rest:02d}\u00a0min"
    return f"il reste {span}" if now <= deadline else f"dépassée de {span}"
