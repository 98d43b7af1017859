"""What is answered to a question: value, status, where it came from; and whether a value fits its question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from homologation.domain.questions import BOOLEAN, DATE, INTEGER, MULTI, ROW, SINGLE, TABLE, TEXT, Input, Question
from portal.common.patient_numbers import check_free_text
from portal.common.refusals import Refusal

MOST_CHARACTERS = 4000
ROW_NAME = re.compile(r"[A-Za-z0-9]{1,40}")


class Status(StrEnum):
    """Where an answer stands (compliance facts §1.3)."""

    EMPTY = "empty"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    MODIFIED = "modified"
    VOID = "void"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """The French words."""
        return STATUS_LABELS[self]


STATUS_LABELS = {
    Status.EMPTY: "À remplir",
    Status.PROPOSED: "À confirmer",
    Status.CONFIRMED: "Confirmé",
    Status.MODIFIED: "Rempli par la pharmacie",
    Status.VOID: "Sans objet",
    Status.UNKNOWN: "Je ne sais pas",
}

SETTLED = frozenset({Status.CONFIRMED, Status.MODIFIED, Status.VOID})
"""What counts as validated: the pharmacy said it, or confirmed it."""


class Provenance(StrEnum):
    """Where a value came from."""

    EDITOR_PACK = "editor_pack"
    CARRIED_OVER = "carried_over"
    USER = "user"

    @property
    def label(self) -> str:
        """The French words."""
        return PROVENANCE_LABELS[self]


PROVENANCE_LABELS = {
    Provenance.EDITOR_PACK: "Prérempli par l’éditeur",
    Provenance.CARRIED_OVER: "Repris du dossier précédent",
    Provenance.USER: "Saisi par la pharmacie",
}


@dataclass(frozen=True)
class Answer:
    """The current answer to one question; ``version`` counts its revisions (0: never answered)."""

    value: Any = None
    status: Status = Status.EMPTY
    reason: str = ""
    provenance: Provenance = Provenance.USER
    source: str = ""
    version: int = 0


NOTHING = Answer()

Answers = Mapping[str, Answer]


def values_of(answers: Answers) -> dict[str, Any]:
    """The values by key, of what is answered with a value."""
    return {key: answer.value for key, answer in answers.items() if answer.value is not None}


def check_statement(question: Question, status: Status, value: Any, reason: str) -> list[Refusal]:
    """Whether what a person says of a question may be kept: a value that fits, or why there is none."""
    refusals = check_free_text(reason, question.key)
    if status is Status.VOID:
        if not question.voidable:
            refusals.append(
                _no(question.key, "not_voidable", "« Sans objet » n’est pas admis ici : une réponse est attendue.")
            )
        elif not reason.strip():
            refusals.append(_no(question.key, "missing_reason", "Dites pourquoi cette question est sans objet."))
    if status in (Status.VOID, Status.UNKNOWN):
        return refusals
    return refusals + check_value(question, value)


def check_value(question: Question, value: Any) -> list[Refusal]:
    """Whether a value has the form of its question. It may be incomplete: completeness is another matter."""
    if value is None:
        return []
    if question.type != TABLE:
        return _check_input(question, value, question.key)
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        return [_no(question.key, "bad_value", "Un tableau de lignes est attendu.")]
    refusals = []
    if len(value) > question.max_rows:
        refusals.append(_no(question.key, "too_many_rows", f"{question.max_rows} lignes au plus : retirez-en."))
    names = [row.get(ROW) for row in value]
    if len(set(map(str, names))) != len(names) or not all(
        isinstance(name, str) and ROW_NAME.fullmatch(name) for name in names
    ):
        refusals.append(_no(question.key, "bad_rows", "Chaque ligne doit porter son propre nom."))
    columns = question.named_columns
    for row in value:
        for key, cell in row.items():
            if key == ROW or cell is None:
                continue
            where = f"{question.key}-{row.get(ROW)}-{key}"
            if key not in columns:
                refusals.append(
                    _no(question.key, "unknown_column", f"La colonne « {key} » n’existe pas dans ce tableau.")
                )
            else:
                refusals += _check_input(columns[key], cell, where)
    return refusals


def _check_input(box: Input, value: Any, field: str) -> list[Refusal]:
    if not _FITS[box.type](box, value):
        return [_no(field, "bad_value", f"Cette réponse n’est pas lisible : {_EXPECTED[box.type]}.")]
    if box.type == TEXT and len(value) > MOST_CHARACTERS:
        return [_no(field, "too_long", f"Ce texte est trop long : {MOST_CHARACTERS} caractères au plus.")]
    if box.type == INTEGER and (
        (box.least is not None and value < box.least) or (box.most is not None and value > box.most)
    ):
        return [_no(field, "out_of_bounds", f"Un nombre de {box.least} à {box.most} est attendu.")]
    return check_free_text(value, field)


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _are_choices(box: Input, value: Any) -> bool:
    return isinstance(value, list) and len(set(map(str, value))) == len(value) and all(v in box.choices for v in value)


_FITS = {
    TEXT: lambda box, value: isinstance(value, str),
    INTEGER: lambda box, value: isinstance(value, int) and not isinstance(value, bool),
    BOOLEAN: lambda box, value: isinstance(value, bool),
    DATE: lambda box, value: _is_date(value),
    SINGLE: lambda box, value: isinstance(value, str) and value in box.choices,
    MULTI: _are_choices,
}
_EXPECTED = {
    TEXT: "un texte est attendu",
    INTEGER: "un nombre entier est attendu",
    BOOLEAN: "oui ou non est attendu",
    DATE: "une date est attendue, par exemple 15/11/2022",
    SINGLE: "une des réponses proposées est attendue",
    MULTI: "une ou plusieurs des réponses proposées sont attendues",
}


def is_filled(box: Input, value: Any) -> bool:
    """Whether a box holds something: a text of blanks and an empty list do not."""
    if isinstance(value, str):
        return bool(value.strip())
    return value is not None and value != []


def is_complete(question: Question, value: Any) -> bool:
    """Whether a value answers its question: a table has its rows and their required cells."""
    if question.type != TABLE:
        return is_filled(question, value)
    rows: Sequence[Mapping[str, Any]] = value or ()
    required = [column for column in question.columns if column.required]
    return len(rows) >= max(question.min_rows, 1) and all(
        is_filled(column, row.get(column.key)) for row in rows for column in required
    )


def _no(field: str, code: str, message: str) -> Refusal:
    return Refusal(code, message, field)
