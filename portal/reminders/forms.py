"""The filters of the deadlines."""

from __future__ import annotations

from django import forms

from orders.domain.deadlines import PHARMACY, SUPPLIER, WORDS, Kind
from portal.ui.forms import PortalForm


class DeadlinesForm(PortalForm):
    """Filters in the address: shareable, and kept while paging."""

    nature = forms.ChoiceField(
        label="Nature",
        required=False,
        choices=[("", "Toutes"), *((kind.value, words.label) for kind, words in WORDS.items())],
    )
    acteur = forms.ChoiceField(
        label="Qui agit",
        required=False,
        choices=[("", "Tous"), (SUPPLIER, "Fournisseur"), (PHARMACY, "Pharmacie")],
    )

    def kind(self) -> Kind | None:
        """The kind asked for; an unknown one counts as none."""
        self.is_valid()
        value = self.cleaned_data.get("nature", "")
        return Kind(value) if value else None

    def owner(self) -> str:
        """The side asked for; an unknown one counts as none."""
        self.is_valid()
        return str(self.cleaned_data.get("acteur", ""))
