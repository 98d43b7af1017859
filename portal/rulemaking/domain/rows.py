"""The words of the lists inside a rule set: how each row is told apart, named, and each of its fields said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.ui.formats import instant


@dataclass(frozen=True)
class RowWords:
    """One list: the noun that opens its sentences, the key and the title of a row, the words of its fields."""

    noun: str
    key: Callable[[Any], object]
    title: Callable[[Any], str]
    fields: Mapping[str, str]
    addition_shortens: bool = False


_PROOF = {"source": "source", "confidence": "confiance"}
_ITEM = {"code": "code", "label": "libellé"}

ROW_TABLES: Mapping[str, RowWords] = {
    "outages": RowWords(
        "Incident du portail",
        lambda row: row.code,
        lambda row: (
            f"l’incident du {instant(row.began_at)} au {instant(row.ended_at)} : "
            f"les échéances touchées sont reportées au {instant(row.extended_to)}"
        ),
        {
            "code": "code",
            "began_at": "début",
            "ended_at": "fin",
            "extended_to": "report",
            "natures": "actes touchés",
            "description": "description",
            "confidence": "confiance",
        },
    ),
    "required_fields": RowWords(
        "Mention obligatoire",
        lambda row: row.field,
        lambda row: f"« {row.field} »" + (f" à compter du {instant(row.since)}" if row.since else ""),
        {"field": "champ", "since": "exigée à compter du", "source": "source"},
        addition_shortens=True,
    ),
    "prestations": RowWords(
        "Prestation",
        lambda row: row.code,
        lambda row: f"« {row.label} »",
        {
            "code": "code",
            "label": "libellé",
            "after": "après les dispositifs",
            "never_after": "jamais après les dispositifs",
            "source": "source",
        },
    ),
    "tiers": RowWords(
        "Classe de montant",
        lambda row: row.code,
        lambda row: f"« {row.label} »",
        {**_ITEM, "floor_ht": "plancher HT", "ceiling_ht": "plafond HT", **_PROOF},
    ),
    "beneficiaries": RowWords(
        "Bénéficiaire",
        lambda row: (row.finess, row.prestation),
        lambda row: f"{row.finess}{' ' + row.prestation if row.prestation else ''}",
        {"finess": "FINESS", "prestation": "prestation", "ceiling_ht": "plafond HT", **_PROOF},
    ),
    "checklist": RowWords("Liste d’installation", lambda row: row.code, lambda row: f"« {row.label} »", _ITEM),
    "certificates": RowWords("Certificat", lambda row: row.code, lambda row: f"« {row.label} »", _ITEM),
    "va_statements": RowWords(
        "Point de la VA",
        lambda row: row.code,
        lambda row: f"« {row.heading or row.code} »",
        {"code": "code", "heading": "titre", "text": "texte"},
    ),
}
