"""The pharmacist's answers and the words around a cancellation."""

from __future__ import annotations

from typing import Any

from django import forms

from orders.domain.consent import DECLINE_REASONS, consent_text, replacement_text
from orders.domain.facts import HolderFacts
from portal.ui.forms import FreeTextField, PortalForm

_TICK = "Cochez la case pour confirmer que vous signez ce bon de commande."


class SignForm(PortalForm):
    """Explicit consent, never pre-ticked; the hash of the document shown travels with the page."""

    field_order: tuple[str, ...] = ("replaces", "consent")

    consent = forms.BooleanField(label=consent_text(conditional=False), error_messages={"required": _TICK})
    shown = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, former: HolderFacts | None = None, transfer: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.former = former
        if former is not None:
            self.fields["replaces"] = forms.BooleanField(
                label=replacement_text(former, transfer=transfer), required=False
            )
            self.fields["former"] = forms.CharField(widget=forms.HiddenInput, required=False, initial=former.order_id)
            self.order_fields(self.field_order)


class ConditionalSignForm(SignForm):
    """The same for a software not yet référencé: the sentence says so."""

    consent = forms.BooleanField(label=consent_text(conditional=True), error_messages={"required": _TICK})


class DeclineForm(PortalForm):
    """Why the pharmacist refuses."""

    reason = forms.ChoiceField(label="Motif", choices=list(DECLINE_REASONS.items()), widget=forms.RadioSelect)
    comment = FreeTextField(
        label="Précisions", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReasonForm(PortalForm):
    """A written reason."""

    reason = FreeTextField(label="Motif", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
