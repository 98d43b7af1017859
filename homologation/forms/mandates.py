"""The form of a mandate by part of the questionnaire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from homologation.domain.mandates import MOST_MONTHS, NewMandate
from homologation.domain.questions import Section
from portal.accounts.models import Membership
from portal.ui.forms import FrenchDateField, PortalForm


class MandateForm(PortalForm):
    """To whom, on which parts, over which days."""

    person = forms.TypedChoiceField(label="À qui", coerce=int, widget=forms.RadioSelect)
    sections = forms.TypedMultipleChoiceField(label="Quelles parties", coerce=int, widget=forms.CheckboxSelectMultiple)
    starts_on = FrenchDateField(label="Du")
    last_day = FrenchDateField(
        label="Dernier jour", help_text=f"Ce jour compris ; {MOST_MONTHS} mois au plus (à confirmer)."
    )

    def __init__(self, *args: Any, adjoints: Sequence[Membership], parts: Sequence[Section], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("person", [(one.pk, one.user.full_name) for one in adjoints])
        self._choose("sections", [(part.number, f"{part.number}. {part.title}") for part in parts])

    def _choose(self, name: str, choices: list[tuple[int, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (narrows the type)
        field.choices = choices

    def given(self) -> NewMandate:
        """What was typed, once valid."""
        data = self.cleaned_data
        return NewMandate(tuple(data["sections"]), data["starts_on"], data["last_day"])
