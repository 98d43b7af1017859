"""The forms of a supplier: what it proposes, the form handed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from homologation.domain.answers import Answer, Status
from homologation.domain.questions import Question
from homologation.forms.decision import ImportForm
from homologation.forms.section import SectionForm
from portal.ui.forms import FreeTextField, FrenchDateField, PortalForm


class PackForm(SectionForm):
    """The questions that an editor may prefill, with what it proposed last; nothing is required."""

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        questions: Sequence[Question],
        values: Mapping[str, Any],
        more: str = "",
    ) -> None:
        known = {key: Answer(value, Status.PROPOSED) for key, value in values.items()}
        super().__init__(data, questions=questions, answers=known, more=more)

    def _add_why_not(self, question: Question, answer: Answer) -> None:
        """A supplier proposes or says nothing."""

    def values(self) -> dict[str, Any]:
        """What is proposed, by key; to be asked once the form is cleaned."""
        return {said.key: said.value for said in self.statements() if said.value not in (None, [])}


class PackImportForm(ImportForm):
    """A pack as a file."""

    file = forms.FileField(label="Fichier de préremplissage (.json)", help_text="Un mégaoctet au plus.")
    too_large = "Ce fichier dépasse un mégaoctet : ce n’est pas un préremplissage."
    unreadable = "Ce fichier n’est pas lisible : choisissez un fichier .json, en UTF-8."


class HandoverForm(PortalForm):
    """On which day the form was handed over."""

    handed_on = FrenchDateField(label="Formulaire remis le", help_text="Le jour où le certificat a été installé")
    note = FreeTextField(
        label="Note",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="La pharmacie la lit",
    )
