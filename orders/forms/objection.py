"""Objecting to a replacement, and settling the objection."""

from __future__ import annotations

from django import forms

from orders.models.objections import OUTCOMES
from portal.ui.forms import FreeTextField, PortalForm


class ObjectionForm(PortalForm):
    """Why the supplier of the replaced order objects."""

    ground = FreeTextField(
        label="Pourquoi contestez-vous ce remplacement ?",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Dites quels travaux ont été faits et quand. L’administration et la pharmacie liront ce texte.",
    )


class SettlementForm(PortalForm):
    """The decision and its written ground."""

    outcome = forms.ChoiceField(label="Décision", choices=list(OUTCOMES.items()), widget=forms.RadioSelect)
    answer = FreeTextField(
        label="Motif de la décision",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Lu par la pharmacie et par les deux fournisseurs : n’y nommez pas le concurrent de l’un ou de "
        "l’autre.",
    )
