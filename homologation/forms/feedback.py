"""Naming, at the end of a breach or of an alert, the risk of the dossier that came about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from homologation.domain.feedback import Risked
from portal.ui.forms import PortalForm


class NamesRiskForm(PortalForm):
    """``risks``: those of the last dossier that was decided; where there is none, nothing is asked."""

    def __init__(self, *args: Any, risks: Sequence[Risked] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if risks:
            self.fields["risk_row"] = forms.ChoiceField(
                label="Risque de votre dossier qui s’est réalisé (facultatif)",
                help_text="Au prochain dossier, le portail proposera de relever sa vraisemblance. Vous en déciderez.",
                choices=[("", "Aucun"), *((one.row, one.label) for one in risks)],
                required=False,
            )
