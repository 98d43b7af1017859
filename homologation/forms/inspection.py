"""The form of a link for an inspector."""

from __future__ import annotations

from django import forms

from homologation.domain.inspection import DAYS
from portal.ui.forms import FreeTextField, PortalForm


class LinkForm(PortalForm):
    """For whom, why, how long."""

    recipient = FreeTextField(
        label="Pour qui", help_text="Nom ou fonction, et organisme. Ex : inspecteur de l’ARS Bretagne.", max_length=120
    )
    reason = FreeTextField(label="Pourquoi", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    days = forms.TypedChoiceField(
        label="Valable pendant",
        choices=[(number, f"{number} jour{'s' if number > 1 else ''}") for number in DAYS],
        coerce=int,
        initial=7,
        widget=forms.RadioSelect,
    )
