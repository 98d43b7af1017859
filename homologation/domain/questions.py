"""The questionnaire of INSi self-homologation as values: sections, questions, columns (compliance facts §1.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

TEXT, INTEGER, BOOLEAN, DATE, SINGLE, MULTI, TABLE = "text", "integer", "boolean", "date", "single", "multi", "table"
TYPES = (TEXT, INTEGER, BOOLEAN, DATE, SINGLE, MULTI, TABLE)
CELL_TYPES = tuple(kind for kind in TYPES if kind != TABLE)
OWNERS = {"editor": "Votre éditeur", "titulaire": "La pharmacie", "both": "L’éditeur ou la pharmacie"}
ROW = "row"
"""The cell that names a row for good, so that two versions of a table are compared row by row."""


@dataclass(frozen=True)
class Input:
    """What is asked in one box: of a question, or of one column of a table.

    ``label`` is the words of the official form where ``official``; ``help`` its « Ex : ». ``least`` and ``most`` bound
    an integer.
    """

    key: str
    type: str
    label: str
    help: str = ""
    required: bool = True
    choices: Mapping[str, str] = field(default_factory=dict)
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Question(Input):
    """One question. ``key`` is stable, never used again; ``examples``: the rows of the form's own example.

    ``visible_if`` is small JSON logic (``domain.visibility``); ``voidable``: « sans objet » is admitted, with a reason.
    """

    owner: str = "titulaire"
    official: bool = False
    prefillable: bool = False
    voidable: bool = False
    visible_if: Any = None
    columns: tuple[Input, ...] = ()
    min_rows: int = 0
    max_rows: int = 50
    examples: tuple[Mapping[str, str], ...] = ()
    legal_ref: str = ""

    @property
    def named_columns(self) -> dict[str, Input]:
        """The columns of a table by key."""
        return {column.key: column for column in self.columns}


@dataclass(frozen=True)
class Section:
    """One part of the form, in its order; ``intro`` is the form's own text above the questions."""

    number: int
    title: str
    intro: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Matrix:
    """Risk levels as data: ``grid[gravity - 1][likelihood - 1]`` is a level's code. ``confidence``: C, P or U."""

    version: str
    scale: tuple[str, ...]
    levels: Mapping[str, str]
    grid: tuple[tuple[str, ...], ...]
    source: str
    confidence: str


@dataclass(frozen=True)
class Questionnaire:
    """One published version. ``migration``: what became of each key that an incompatible version changed."""

    code: str
    version: str
    title: str
    source: str
    change_class: str
    sections: tuple[Section, ...]
    matrix: Matrix
    migration: Mapping[str, Any] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Question]:
        for section in self.sections:
            yield from section.questions

    @property
    def by_key(self) -> dict[str, Question]:
        """Every question by key, in the order of the form."""
        return {question.key: question for question in self}

    def section(self, number: int) -> Section:
        """The section of this number. Raises KeyError for an unknown one."""
        for section in self.sections:
            if section.number == number:
                return section
        raise KeyError(number)

    def section_of(self, key: str) -> Section:
        """The section that holds a question. Raises KeyError for an unknown key."""
        for section in self.sections:
            if any(question.key == key for question in section.questions):
                return section
        raise KeyError(key)
