"""The forms of a request for help."""

from __future__ import annotations

from typing import Any

from django import forms

from homologation.domain.answers import MOST_CHARACTERS
from homologation.domain.questions import Questionnaire
from homologation.presentation import short
from portal.ui.forms import FreeTextField, PortalForm

PART = "partie:"


class MessageForm(PortalForm):
    """What one has to say."""

    text = FreeTextField(
        label="Votre message",
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Aucune identité de patient",
    )


class AskForm(MessageForm):
    """What is asked, and on what: a part of the questionnaire or one question of it."""

    key = forms.ChoiceField(label="Sur quoi ?")
    field_order = ("key", "text")

    def __init__(self, *args: Any, questionnaire: Questionnaire, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, Any]] = [("", "Choisissez")]
        for part in questionnaire.sections:
            title = f"{part.number}. {part.title}"
            questions = [(question.key, short(question)) for question in part.questions]
            choices.append((title, [(f"{PART}{part.number}", "Toute cette partie"), *questions]))
        field = self.fields["key"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (narrows the type)
        field.choices = choices
        self.questionnaire = questionnaire

    def subject(self) -> tuple[int, str]:
        """The part and the question (empty: the whole part); to be asked once the form is valid."""
        key = self.cleaned_data["key"]
        if key.startswith(PART):
            return int(key.removeprefix(PART)), ""
        return self.questionnaire.section_of(key).number, key
