"""The forms of pieces: depositing one, replacing its file, withdrawing it, choosing the question to see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from homologation.domain.evidence import LONGEST_REASON, LONGEST_ROW, LONGEST_TITLE
from homologation.domain.questions import ROW, Questionnaire, Section
from homologation.domain.risks import RISKS, read_risk
from homologation.presentation import short
from portal.documents.domain.incoming import PROOFS
from portal.documents.intake.fields import SafeFileField
from portal.ui.forms import FreeTextField, FrenchDateField, PortalForm, RefusalLike

_ROW = "risque:"
_AGAIN = "Choisissez de nouveau le fichier : votre navigateur ne le garde pas d’un envoi à l’autre."


class PieceForm(PortalForm):
    """A title, a file, and the last day on which it is worth something, where it has one."""

    title = FreeTextField(
        label="Titre de la pièce",
        help_text="Par exemple : Procédure de revue des droits, mars 2023. Aucune identité de patient.",
        max_length=LONGEST_TITLE,
    )
    file = SafeFileField(
        label="Fichier",
        help_text="PDF, PNG, JPEG, ZIP ou document bureautique sans macro (DOCX, XLSX, ODT, ODS) ; 20 Mo au plus. "
        "Aucune identité de patient.",
        kinds=PROOFS,
    )
    valid_until = FrenchDateField(
        label="Valable jusqu’au",
        help_text="Dernier jour inclus. Laissez vide si la pièce n’a pas de fin.",
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Says that the file is to be chosen again where something else is wrong."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        self._ask_again()
        return data

    def absorb(self, refusals: Iterable[RefusalLike]) -> None:
        """The same after a refusal of the service."""
        super().absorb(refusals)
        self._ask_again()

    def _ask_again(self) -> None:
        if self.errors and not self.has_error("file"):
            self.add_error("file", _AGAIN)


class JoinForm(PieceForm):
    """The same, and what it proves: a question of one of ``parts``, or a risk."""

    about = forms.ChoiceField(label="Ce que la pièce prouve")
    field_order = ("about", "title", "file", "valid_until")

    def __init__(
        self, *args: Any, questionnaire: Questionnaire, parts: Sequence[Section], risks: Iterable[Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, Any]] = [("", "Choisissez"), *by_section(parts)]
        if told := risk_names(questionnaire, risks):
            choices.append(("Un risque de la partie 3", [(f"{_ROW}{row}", name) for row, name in told.items()]))
        _offer(self.fields["about"], choices)

    @staticmethod
    def answer_of(about: str) -> tuple[str, str]:
        """The question chosen and, for a risk, its row."""
        return (RISKS, about.removeprefix(_ROW)) if about.startswith(_ROW) else (about, "")


class WithdrawForm(PortalForm):
    """Why."""

    reason = FreeTextField(
        label="Motif",
        help_text="Aucune identité de patient.",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class FilterForm(PortalForm):
    """The question whose pieces are shown; an unknown one counts as none."""

    question = forms.ChoiceField(label="Pièces de la question", required=False)

    def __init__(self, *args: Any, questionnaire: Questionnaire, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["question"], [("", "Toutes les questions"), *by_section(questionnaire.sections)])


def by_section(parts: Sequence[Section]) -> list[tuple[str, Any]]:
    """The questions of these parts, under the title of each."""
    return [
        (f"{part.number}. {part.title}", [(question.key, short(question)) for question in part.questions])
        for part in parts
    ]


def risk_names(questionnaire: Questionnaire, risks: Iterable[Any]) -> dict[str, str]:
    """« R2 – Usurpation d’un compte » by row, as the dossier numbers them."""
    return {
        row[ROW]: f"R{number} – {read_risk(questionnaire.matrix, row).label or 'sans intitulé'}"[:90]
        for number, row in enumerate(risks, 1)
        if len(row[ROW]) <= LONGEST_ROW
    }


def _offer(field: forms.Field, choices: list[tuple[str, Any]]) -> None:
    assert isinstance(field, forms.ChoiceField)  # noqa: S101  (narrows the type)
    field.choices = choices
