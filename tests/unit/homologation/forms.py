"""The form of the catalogue, and a set of answers without any fault."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from homologation.domain.answers import Answer, Status
from homologation.domain.findings import Context
from homologation.domain.parse import parse
from homologation.domain.questions import Questionnaire

FILE = Path(__file__).resolve().parents[3] / "portal/programmes/catalogue/PHA-LGO-Va1/questionnaire-insi-1.0.0.toml"
TODAY = date(2022, 11, 15)
CONTEXT = Context(TODAY, software="referenced")


@lru_cache
def content() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@lru_cache
def form() -> Questionnaire:
    return parse(content())


def changed(**questions: dict[str, Any] | None) -> dict[str, Any]:
    """The content as version 2.0.0 with questions (dots as two underscores) changed, or dropped where None."""
    later = deepcopy(content()) | {"version": "2.0.0"}
    for name, changes in questions.items():
        key = name.replace("__", ".")
        for section in later["sections"]:
            kept = []
            for question in section["questions"]:
                if question["key"] != key:
                    kept.append(question)
                elif changes is not None:
                    kept.append(question | changes)
            section["questions"] = kept
    return later


def risk(row: str, **cells: Any) -> dict[str, Any]:
    return {
        "row": row,
        "risque": f"Risque {row}",
        "gravite": "moderee",
        "vraisemblance": "moderee",
        "mesures": "Des mesures de la pharmacie",
        **cells,
    }


def person(row: str, function: str = "titulaire", **cells: Any) -> dict[str, Any]:
    given = {
        "personne": f"P{row}",
        "fonction": function,
        "moyen": "cpx",
        "identifiant": f"u{row}",
        "depuis": "2022-01-01",
    }
    return {"row": row, **given, **cells}


VALUES: dict[str, Any] = {
    "s1.logiciels": [
        {
            "row": "a",
            "nom": "Officia LGO",
            "nature": "lgo",
            "operations": ["recuperation"],
            "recoit_ins": True,
            "date_conformite": "2022-10-01",
        }
    ],
    "s2.1.moyens": ["cpx"],
    "s2.2.personnes": [person("1"), person("2", "preparateur")],
    "s2.2.mesures": "Revue avec toute l’équipe.",
    "s2.2.frequence_revue": 6,
    "s2.2.derniere_revue": "2022-10-01",
    "s2.3.modalites": ["logs"],
    "s2.3.mode": "mensuel",
    "s2.3.conservation_mois": 12,
    "s3.risques": [risk("x"), risk("y"), risk("z")],
    "s4.rapport": True,
    "s4.destinataire": "Le titulaire",
    "s5.q1": True,
    "s5.q1.mesures": "Un registre, une affiche, une formation.",
    "s5.q2": True,
    "s5.q3": True,
    "s5.q3.contact": "Le titulaire, au 01 02 03 04 05",
    "s5.q4": True,
}


def values(**changes: Any) -> dict[str, Any]:
    """A faultless set of values with changes by key (dots as two underscores); None drops the key."""
    given = VALUES | {name.replace("__", "."): value for name, value in changes.items()}
    return {key: value for key, value in given.items() if value is not None}


def answers(status: Status = Status.MODIFIED, **changes: Any) -> dict[str, Answer]:
    return {key: Answer(value, status, version=1) for key, value in values(**changes).items()}
