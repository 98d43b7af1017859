"""The form of a link for an inspector."""

from __future__ import annotations

from typing import Any

from django import forms

from homologation.domain.terms import LinkTerms, to_confirm
from portal.ui.forms import FreeTextField, PortalForm


class LinkForm(PortalForm):
    """For whom, why, how long."""

    recipient = FreeTextField(
        label="Pour qui", help_text="Nom ou fonction, et organisme. Ex : inspecteur de l’ARS Bretagne.", max_length=120
    )
    reason = FreeTextField(label="Pourquoi", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    days = forms.TypedChoiceField(
        label="Valable pendant",
        coerce=int,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, terms: LinkTerms, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = self.fields["days"]
        assert isinstance(days, forms.TypedChoiceField)  # noqa: S101  (narrows the type)
        days.choices = [(number, f"{number} jour{'s' if number > 1 else ''}") for number in terms.days]
        days.initial, days.help_text = terms.default, f"Durées possibles.{to_confirm(terms.confirmed)}"
