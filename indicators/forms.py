"""The year that a page of use is about."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.ui.forms import PortalForm

FIRST = 2022


class YearForm(PortalForm):
    """A choice of the years since the programme began, the present one first."""

    annee = forms.ChoiceField(label="Année", required=False)

    def __init__(self, *args: Any, this_year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.this_year = this_year
        years = range(this_year, FIRST - 1, -1)
        self.fields["annee"].choices = [(str(one), str(one)) for one in years]  # type: ignore[attr-defined]

    def year(self) -> int:
        """The year asked for; the present one where it is none of those offered."""
        asked = self.cleaned_data.get("annee") if self.is_valid() else ""
        return int(asked) if asked else self.this_year
