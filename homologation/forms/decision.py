"""The forms of the acts on a dossier."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django import forms

from homologation.domain.consent import consent_text
from homologation.domain.decision import NewReserve
from homologation.domain.terms import DecisionTerms, to_confirm
from homologation.models import TitulaireAgreement
from portal.ui.forms import FreeTextField, FrenchDateField, PortalForm

MOST_BYTES = 1_000_000
RESERVES = 3
"""How many reserves the page offers at once."""


class ReasonForm(PortalForm):
    """Why."""

    reason = FreeTextField(label="Motif", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class ImportForm(PortalForm):
    """An export of a dossier."""

    file = forms.FileField(label="Fichier d’export (.json)", help_text="Un mégaoctet au plus.")
    too_large = "Ce fichier dépasse un mégaoctet : ce n’est pas un export de dossier."
    unreadable = "Ce fichier n’est pas lisible : choisissez le .json exporté ici."

    def clean_file(self) -> Any:
        """Its content as JSON; whether it is an export is for the rules to say."""
        sent = self.cleaned_data["file"]
        if sent.size > MOST_BYTES:
            raise forms.ValidationError(self.too_large)
        try:
            return json.loads(sent.read().decode("utf-8"))
        except (ValueError, RecursionError):
            raise forms.ValidationError(self.unreadable) from None


class DecisionForm(PortalForm):
    """For how long, under which reserves, and the consent to the snapshot that the page names.

    ``agreed``: the terms to which another titulaire agreed; they are then no longer asked for.
    """

    months = forms.TypedChoiceField(
        label="Durée de l’homologation",
        coerce=int,
        widget=forms.RadioSelect,
    )
    consent = forms.BooleanField(
        label=consent_text(), error_messages={"required": "Cochez la case pour confirmer votre décision."}
    )
    shown = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, terms: DecisionTerms, agreed: TitulaireAgreement | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        months = self.fields["months"]
        assert isinstance(months, forms.TypedChoiceField)  # noqa: S101  (narrows the type)
        months.choices = [(number, f"{number} mois") for number in terms.months]
        months.initial = terms.default
        months.help_text = f"{terms.most_with_reserves} mois au plus avec des réserves.{to_confirm(terms.confirmed)}"
        self.agreed = agreed
        if agreed is not None:
            del self.fields["months"]
            return
        for number in range(RESERVES):
            self.fields[f"reserve-{number}-text"] = FreeTextField(
                label="Ce qui reste à faire", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
            )
            self.fields[f"reserve-{number}-owner"] = FreeTextField(
                label="Qui s’en charge", required=False, max_length=120
            )
            self.fields[f"reserve-{number}-due_on"] = FrenchDateField(label="Pour le", required=False)

    def reserve_fields(self) -> list[list[forms.BoundField]]:
        """The fields of each reserve."""
        if self.agreed is not None:
            return []
        return [[self[f"reserve-{n}-{name}"] for name in ("text", "owner", "due_on")] for n in range(RESERVES)]

    def clean(self) -> dict[str, Any]:
        """Adds ``reserves``: those of which anything was typed, under the number of their fields; or those agreed."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.agreed is not None:
            return {**data, "months": self.agreed.months, "reserves": [_agreed(one) for one in self.agreed.reserves]}
        return {**data, "reserves": [reserve for n in range(RESERVES) if (reserve := _reserve(data, n)) is not None]}


def _reserve(data: dict[str, Any], number: int) -> NewReserve | None:
    text, owner, due_on = (data.get(f"reserve-{number}-{name}") for name in ("text", "owner", "due_on"))
    return NewReserve(text or "", owner or "", due_on) if text or owner or due_on else None


def _agreed(one: dict[str, str]) -> NewReserve:
    return NewReserve(one["text"], one["owner"], date.fromisoformat(one["due_on"]))


class QuorumForm(PortalForm):
    """Who decides."""

    everyone = forms.TypedChoiceField(
        label="Qui décide de l’homologation ?",
        choices=[("non", "Un titulaire suffit"), ("oui", "Chaque co-titulaire décide")],
        coerce=lambda value: value == "oui",
        widget=forms.RadioSelect,
    )
