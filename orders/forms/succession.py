"""What the administration says of a pharmacy's life."""

from __future__ import annotations

from django import forms

from portal.registry.domain.succession import KINDS
from portal.ui.fields import FinessField, FrenchDateField
from portal.ui.forms import FreeTextField, PortalForm


class SuccessionForm(PortalForm):
    """An event, who goes on, since when, on which source; ``seen`` names the effects that were shown."""

    kind = forms.ChoiceField(label="Événement", choices=list(KINDS.items()), widget=forms.RadioSelect)
    successor = FinessField(
        label="FINESS géographique de la pharmacie qui succède", required=False, help_text="Vide pour une fermeture."
    )
    effective_on = FrenchDateField(label="Date de l’événement")
    source = FreeTextField(
        label="Source", max_length=200, help_text="Par exemple : arrêté de l’ARS Bretagne du 02/11/2022"
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
