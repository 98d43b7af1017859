"""The form of one step of compliance."""

from __future__ import annotations

from typing import Any

from django import forms

from homologation.domain.steps import STATES, Said, Step
from portal.ui.forms import FreeTextField, FrenchDateField, PortalForm


class StepForm(PortalForm):
    """Where it stands, who takes care of it, since or for when."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    state = forms.ChoiceField(label="Où en est cette étape ?", choices=list(STATES.items()), widget=forms.RadioSelect)
    owner = FreeTextField(label="Qui s’en charge ?", max_length=120, required=False)
    day = FrenchDateField(label="Fait le, ou prévu le", required=False)
    expires_on = FrenchDateField(label="Expire le", required=False)
    note = FreeTextField(label="Note", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, step: Step, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not step.watched:
            del self.fields["expires_on"]

    def said(self) -> Said:
        """What was typed, once valid."""
        data = self.cleaned_data
        return Said(data["state"], data["owner"], data["day"], data.get("expires_on"), data["note"])
