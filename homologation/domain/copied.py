"""Texts left as the form's own « Ex : » (compliance facts §1.4, INSI-R09)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from homologation.domain.findings import Finding, Given, named
from homologation.domain.questions import ROW, TABLE, TEXT, Input, Question
from portal.common.text import fold

_MARK = re.compile(r"^ex (?=.)")
"""« Ex : » once folded: in the form, and often pasted with the rest."""


def own_words(given: Given) -> Iterator[Finding]:
    """INSI-R09: a text, a row or a cell left as the form's example."""
    for question in given.questionnaire:
        value = given.values.get(question.key)
        if question.type == TEXT and value and _folded(value) in _examples(question):
            words = "Ce texte est celui de l’exemple du formulaire : décrivez ce qui se passe dans votre pharmacie."
            yield given.found("INSI-R09", question.key, words, blocking=False)
        if question.type == TABLE:
            for row in given.rows(question.key):
                if words := _copied(question, row):
                    yield given.found("INSI-R09", question.key, words, blocking=False, row=str(row.get(ROW, "")))


def _copied(question: Question, row: Mapping[str, Any]) -> str:
    """What is said of a row: copied whole (only the columns that an example has count), or some of its cells.

    The first column names the row: taken from the examples, which are a catalogue, it is no fault by itself.
    """
    texts = [column for column in question.columns if column.type == TEXT]
    said = _texts(texts, row)
    name = named(str(row.get(texts[0].key) or "")) if texts else ""
    examples = [found for example in question.examples if (found := _texts(texts, example))]
    if any(example.items() <= said.items() for example in examples):
        return f"{name} : cette ligne est celle de l’exemple du formulaire, adaptez-la."
    for column in texts[1:]:
        if said.get(column.key) in {one.get(column.key, "") for one in examples} | _examples(column):
            return f"{name}, « {column.label} » : ce texte est celui de l’exemple du formulaire, écrivez le vôtre."
    return ""


def _texts(columns: Sequence[Input], row: Mapping[str, Any]) -> dict[str, str]:
    """The words of a row by column, folded; those that hold none are left out."""
    return {c.key: words for c in columns if row.get(c.key) and (words := _folded(row[c.key]))}


def _examples(box: Input) -> set[str]:
    return {_folded(box.help)} if box.help.startswith("Ex") else set()


def _folded(text: Any) -> str:
    return _MARK.sub("", fold(str(text)))
