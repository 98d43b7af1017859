"""The filters of the public registry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from portal.referencing.selectors.public import Filters
from portal.registry.domain.referencing import STATUS_LABELS
from portal.registry.models import Supplier
from portal.ui.forms import PortalForm


class RegistryForm(PortalForm):
    """Filters in the address: shareable, the same for the page, the CSV and the JSON."""

    q = forms.CharField(label="Logiciel, fournisseur ou n° unique", required=False, max_length=100)
    statut = forms.ChoiceField(
        label="Statut", required=False, choices=[("", "Tous"), *((s.value, w) for s, w in STATUS_LABELS.items())]
    )
    fournisseur = forms.ChoiceField(label="Fournisseur", required=False, choices=[])

    def __init__(self, *args: Any, suppliers: Sequence[Supplier], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["fournisseur"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (narrows the type)
        field.choices = [("", "Tous"), *((s.siret, s.name) for s in suppliers)]

    def filters(self) -> Filters:
        """The filters asked for; an unknown value counts as none."""
        self.is_valid()
        data = self.cleaned_data
        return Filters(data.get("q", ""), data.get("statut", ""), data.get("fournisseur", ""))
