"""The form of one part of the questionnaire: a field for each question, a set of fields for each row of a table.

A field is named as the rules name it in a refusal (``s2.2.personnes-r1-depuis``); a row keeps its name for good.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from homologation.domain.answers import MOST_CHARACTERS, NOTHING, ROW_NAME, Answer, Status
from homologation.domain.quality import ASKED
from homologation.domain.questions import BOOLEAN, DATE, INTEGER, MULTI, ROW, SINGLE, TABLE, Input, Question
from homologation.services.answer import Statement
from portal.ui.forms import FreeTextField, FrenchDateField, PortalForm

YES, NO = "oui", "non"
MINE, THEIRS = "mienne", "autre"
_SHORT = ("nom", "personne", "identifiant", "responsable")
"""Columns whose text fits on a line."""


def field_of(box: Input) -> forms.Field:
    """The field that reads one box; nothing is required here, completeness is told apart."""
    label = box.label if box.required or box.key in ASKED else f"{box.label} (facultatif)"
    common: dict[str, Any] = {"label": label, "help_text": box.help, "required": False}
    if box.type == BOOLEAN:
        return forms.ChoiceField(choices=[(YES, "Oui"), (NO, "Non")], widget=forms.RadioSelect, **common)
    if box.type == DATE:
        return FrenchDateField(**common)
    if box.type == INTEGER:
        attrs = {"inputmode": "numeric", "size": "6", "autocomplete": "off"}
        return forms.IntegerField(
            widget=forms.TextInput(attrs=attrs),
            error_messages={"invalid": "Ce nombre n’est pas lisible. Écrivez-le en chiffres, par exemple 12."},
            **common,
        )
    if box.type == SINGLE:
        return forms.ChoiceField(choices=[("", "Choisissez"), *box.choices.items()], **common)
    if box.type == MULTI:
        return forms.MultipleChoiceField(
            choices=list(box.choices.items()), widget=forms.CheckboxSelectMultiple, **common
        )
    widget = forms.TextInput(attrs={"autocomplete": "off"}) if box.key in _SHORT else forms.Textarea(attrs={"rows": 3})
    return FreeTextField(max_length=MOST_CHARACTERS, widget=widget, **common)


def as_typed(box: Input, value: Any) -> Any:
    """A stored value as the field shows it."""
    if value is None:
        return None
    if box.type == BOOLEAN:
        return YES if value else NO
    return date.fromisoformat(value) if box.type == DATE else value


def as_stored(box: Input, cleaned: Any) -> Any:
    """What the field cleaned, as it is stored; None for nothing."""
    if cleaned in (None, "", []):
        return None
    if box.type == BOOLEAN:
        return cleaned == YES
    return cleaned.isoformat() if box.type == DATE else cleaned


@dataclass(frozen=True)
class Row:
    """The fields of one row, its name, and the box that removes it (None while there is nothing to remove)."""

    name: str
    cells: list[BoundField]
    remove: BoundField | None


class SectionForm(PortalForm):
    """The visible questions of one part."""

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        questions: Sequence[Question],
        answers: Mapping[str, Answer],
        more: str = "",
        drawn: Collection[str] = (),
    ) -> None:
        """``more``: the table that gets one more blank row; ``drawn``: rows to draw even blank (``s3.risques-r4``)."""
        super().__init__(data)
        self.typed, self.questions, self.drawn = data, questions, drawn
        self.row_names: dict[str, list[str]] = {}
        self.stored: dict[str, set[str]] = {}
        for question in questions:
            answer = answers.get(question.key, NOTHING)
            if question.type == TABLE:
                self._add_table(question, answer, more == question.key)
            else:
                self._add(question.key, question, answer.value)
            self._add_why_not(question, answer)

    def _add(self, name: str, box: Input, value: Any) -> None:
        self.fields[name] = field_of(box)
        self.initial[name] = as_typed(box, value)

    def _add_table(self, question: Question, answer: Answer, more: bool) -> None:
        rows = {row[ROW]: row for row in answer.value or ()}
        self.stored[question.key] = set(rows)
        if self.typed is None:
            blanks = max(question.min_rows - len(rows), 1 if not rows or more else 0)
            names = [*rows, *new_names(rows, blanks), *self._drawn_of(question)]
        else:
            sent = self.typed.getlist(f"{question.key}-row")
            names = [name for name in sent if ROW_NAME.fullmatch(name)]
        self.row_names[question.key] = names = list(dict.fromkeys(names))[: question.max_rows]
        for name in names:
            for column in question.columns:
                self._add(f"{question.key}-{name}-{column.key}", column, rows.get(name, {}).get(column.key))
            self.fields[f"{question.key}-{name}-retirer"] = forms.BooleanField(
                label="Retirer cette ligne", required=False
            )

    def _drawn_of(self, question: Question) -> list[str]:
        tables = (row.rpartition("-") for row in self.drawn)
        return [name for table, _, name in tables if table == question.key and ROW_NAME.fullmatch(name)]

    def _add_why_not(self, question: Question, answer: Answer) -> None:
        choices = [("", "Je réponds ci-dessus"), (Status.UNKNOWN.value, Status.UNKNOWN.label)]
        if question.voidable:
            choices.append((Status.VOID.value, Status.VOID.label))
        none = answer.status in (Status.UNKNOWN, Status.VOID)
        self.fields[f"statut:{question.key}"] = forms.ChoiceField(
            label="Pas de réponse à donner ?", choices=choices, required=False
        )
        self.fields[f"motif:{question.key}"] = FreeTextField(
            label="Pourquoi", required=False, max_length=500, widget=forms.TextInput(attrs={"autocomplete": "off"})
        )
        self.initial[f"statut:{question.key}"] = answer.status.value if none else ""
        self.initial[f"motif:{question.key}"] = answer.reason

    def rows_of(self, question: Question) -> list[Row]:
        """The rows of a table with their fields."""
        return [
            Row(
                name,
                [self[f"{question.key}-{name}-{column.key}"] for column in question.columns],
                self[f"{question.key}-{name}-retirer"] if name in self.stored[question.key] else None,
            )
            for name in self.row_names[question.key]
        ]

    def names_of(self, question: Question) -> list[str]:
        """The names of every field of a question."""
        prefixes = (f"{question.key}-", f"statut:{question.key}", f"motif:{question.key}")
        wanted = (question.key, *prefixes[1:])
        return [name for name in self.fields if name in wanted or name.startswith(prefixes[0])]

    def statements(self) -> list[Statement]:
        """What the person says of each question that can be read; to be asked once the form is cleaned."""
        readable = (q for q in self.questions if not any(name in self.errors for name in self.names_of(q)))
        return [said for question in readable if (said := self._statement(question)) is not None]

    def _statement(self, question: Question) -> Statement | None:
        data = self.cleaned_data
        choice = self._sent(f"choix:{question.key}")
        if choice == THEIRS:
            return None
        status = Status(data.get(f"statut:{question.key}") or Status.MODIFIED.value)
        kept = choice.removeprefix(f"{MINE}:") if choice.startswith(f"{MINE}:") else ""
        return Statement(
            key=question.key,
            status=status,
            value=self._value(question),
            reason=data.get(f"motif:{question.key}", ""),
            seen=self.seen(question.key),
            keep=int(kept) if kept.isdecimal() else None,
        )

    def _value(self, question: Question) -> Any:
        if question.type != TABLE:
            return as_stored(question, self.cleaned_data.get(question.key))
        rows = []
        for name in self.row_names[question.key]:
            cells = {
                column.key: as_stored(column, self.cleaned_data.get(f"{question.key}-{name}-{column.key}"))
                for column in question.columns
            }
            filled = {key: cell for key, cell in cells.items() if cell is not None}
            if filled and not self.cleaned_data.get(f"{question.key}-{name}-retirer"):
                rows.append({ROW: name, **filled})
        return rows

    def seen(self, key: str) -> int:
        """The version of the answer that the page showed."""
        number = self._sent(f"seen:{key}")
        return int(number) if number.isdecimal() and len(number) < 9 else 0

    def _sent(self, name: str) -> str:
        return str(self.typed.get(name, "")) if self.typed is not None else ""


def new_names(taken: Mapping[str, Any], count: int) -> list[str]:
    """Names of rows to come: always the same for the same rows, so that a page opened again finds what was typed."""
    used = [int(name[1:]) for name in taken if name.startswith("r") and name[1:].isdecimal()]
    first = max(used, default=0) + 1
    return [f"r{number}" for number in range(first, first + max(count, 0))]
