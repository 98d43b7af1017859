"""From the TOML of the catalogue to a questionnaire; what is wrong is said with the key it concerns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from homologation.domain.questions import (
    CELL_TYPES,
    OWNERS,
    TABLE,
    TYPES,
    Input,
    Matrix,
    Question,
    Questionnaire,
    Section,
)
from homologation.domain.visibility import check_rule

CHANGE_CLASSES = ("editorial", "minor", "major")
CONFIDENCES = ("C", "P", "U")
_KEY = re.compile(r"s[1-9](\.[a-z0-9_]+)+")
_COLUMN = re.compile(r"[a-z_]+")
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")


class BadQuestionnaire(ValueError):
    """A file of the catalogue that cannot be read; the message says where and what was expected."""


def parse(content: Mapping[str, Any]) -> Questionnaire:
    """Read the content of a file. Raises ``BadQuestionnaire`` naming what is wrong."""
    try:
        questionnaire = _questionnaire(content)
    except KeyError as error:
        raise BadQuestionnaire(f"clé manquante : {error}") from error
    except (TypeError, AttributeError) as error:
        raise BadQuestionnaire(str(error)) from error
    _check(questionnaire)
    return questionnaire


def _questionnaire(content: Mapping[str, Any]) -> Questionnaire:
    return Questionnaire(
        code=content["code"],
        version=content["version"],
        title=content["title"],
        source=content["source"],
        change_class=content["change_class"],
        sections=tuple(
            Section(s["number"], s["title"], s.get("intro", ""), tuple(_question(q) for q in s["questions"]))
            for s in content["sections"]
        ),
        matrix=_matrix(content["risk_matrix"]),
        migration=content.get("migration", {}),
    )


def _matrix(row: Mapping[str, Any]) -> Matrix:
    matrix = Matrix(
        version=row["version"],
        scale=tuple(row["scale"]),
        levels=_lowest_first(row["levels"], row["grid"]),
        grid=tuple(tuple(line) for line in row["grid"]),
        source=row["source"],
        confidence=row["confidence"],
    )
    size = len(matrix.scale)
    if len(matrix.grid) != size or any(len(line) != size for line in matrix.grid):
        raise BadQuestionnaire(f"risk_matrix.grid : {size} lignes de {size} niveaux sont attendues")
    if strays := {code for line in matrix.grid for code in line} - set(matrix.levels):
        raise BadQuestionnaire(f"risk_matrix.grid : niveaux inconnus {sorted(strays)}")
    if matrix.confidence not in CONFIDENCES:
        raise BadQuestionnaire(f"risk_matrix.confidence : attendu {', '.join(CONFIDENCES)}")
    return matrix


def _lowest_first(levels: Mapping[str, str], grid: Sequence[Sequence[str]]) -> dict[str, str]:
    """Levels by the first place where the grid gives them: what PostgreSQL stores keeps no order of keys."""
    places = [(gravity + likelihood, code) for gravity, line in enumerate(grid) for likelihood, code in enumerate(line)]
    order = list(dict.fromkeys(code for _, code in sorted(places, key=lambda place: place[0])))
    return {code: levels[code] for code in [*order, *levels] if code in levels}


def _input(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "key": row["key"],
        "type": row["type"],
        "label": row["label"],
        "help": row.get("help", ""),
        "required": row.get("required", True),
        "choices": dict(row.get("choices", {})),
        "least": row.get("least"),
        "most": row.get("most"),
    }


def _question(row: Mapping[str, Any]) -> Question:
    return Question(
        **_input(row),
        owner=row.get("owner", "titulaire"),
        official=row.get("official", False),
        prefillable=row.get("prefillable", False),
        voidable=row.get("voidable", False),
        visible_if=row.get("visible_if"),
        columns=tuple(Input(**_input(column)) for column in row.get("columns", ())),
        min_rows=row.get("min_rows", 0),
        max_rows=row.get("max_rows", 50),
        examples=tuple(row.get("examples", ())),
        legal_ref=row.get("legal_ref", ""),
    )


def _check(questionnaire: Questionnaire) -> None:
    if not _VERSION.fullmatch(questionnaire.version):
        raise BadQuestionnaire(f"version = {questionnaire.version!r} : trois nombres sont attendus, par exemple 1.0.0")
    if questionnaire.change_class not in CHANGE_CLASSES:
        raise BadQuestionnaire(f"change_class : attendu {', '.join(CHANGE_CLASSES)}")
    known: set[str] = set()
    for section in questionnaire.sections:
        for question in section.questions:
            if question.key in known or not _KEY.fullmatch(question.key):
                raise BadQuestionnaire(f"{question.key} : une clé est unique, de la forme s2.2.personnes")
            if not question.key.startswith(f"s{section.number}."):
                raise BadQuestionnaire(f"{question.key} : question d’une autre section que {section.number}")
            _check_question(question)
            if wrong := check_rule(question.visible_if, known):
                raise BadQuestionnaire(f"{question.key}.visible_if : {wrong}")
            known.add(question.key)


def _check_question(question: Question) -> None:
    if question.owner not in OWNERS:
        raise BadQuestionnaire(f"{question.key}.owner : attendu {', '.join(OWNERS)}")
    _check_input(question, question.key, TYPES)
    if (question.type == TABLE) != bool(question.columns):
        raise BadQuestionnaire(f"{question.key} : un tableau a des colonnes, une autre question n’en a pas")
    if not 0 <= question.min_rows <= question.max_rows:
        raise BadQuestionnaire(f"{question.key} : min_rows dépasse max_rows")
    for column in question.columns:
        _check_input(column, f"{question.key}.{column.key}", CELL_TYPES)
        if not _COLUMN.fullmatch(column.key) or column.key == "row":
            raise BadQuestionnaire(f"{question.key}.{column.key} : nom de colonne non admis")
    if len(question.named_columns) != len(question.columns):
        raise BadQuestionnaire(f"{question.key} : une colonne est donnée deux fois")


def _check_input(box: Input, where: str, types: tuple[str, ...]) -> None:
    if box.type not in types:
        raise BadQuestionnaire(f"{where}.type = {box.type!r} : attendu {', '.join(types)}")
    if (box.type in ("single", "multi")) != bool(box.choices):
        raise BadQuestionnaire(f"{where} : un choix a des réponses possibles, une autre question n’en a pas")
