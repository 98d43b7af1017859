"""The forms of supervision: a supplier's totals, and what is said at each step of a case."""

from __future__ import annotations

from typing import Any

from django import forms

from homologation.domain.cases import ACTIONS, CAUSES
from homologation.forms.feedback import NamesRiskForm
from homologation.models import PracticeReminder
from homologation.services.monthly import LONGEST_REASON
from portal.common import clock
from portal.common.clock import paris_date
from portal.ui.forms import FreeTextField, FrenchDateField, PortalForm

_NO_PATIENT = "Aucune identité de patient."
MOST_PEOPLE = 60


def _area(label: str, help_text: str = _NO_PATIENT, rows: int = 4, **more: Any) -> forms.CharField:
    return FreeTextField(
        label=label, help_text=help_text, max_length=2000, widget=forms.Textarea(attrs={"rows": rows}), **more
    )


class TotalsForm(PortalForm):
    """A file of totals or a detailed report, and why it corrects months that were sent already."""

    file = forms.FileField(
        label="Fichier des totaux ou du détail",
        help_text="CSV en UTF-8, séparé par des points-virgules, une ligne par pharmacie et par mois, ou par compte "
        "pour le détail.",
        error_messages=dict.fromkeys(
            ("required", "empty", "invalid", "missing"), "Choisissez un fichier qui n’est pas vide."
        ),
    )
    reason = FreeTextField(
        label="Motif de la correction",
        help_text="Seulement si le fichier corrige des mois déjà déposés.",
        required=False,
        max_length=LONGEST_REASON,
    )


class DetailForm(PortalForm):
    """What the supplier sent."""

    detail = _area("Ce que l’éditeur a envoyé", f"Date, support, ce que le détail montre. {_NO_PATIENT}")


class AnalysisForm(PortalForm):
    """What the alert comes from."""

    cause = forms.ChoiceField(label="Cause", choices=list(CAUSES.items()), widget=forms.RadioSelect)
    analysis = _area("Ce que vous avez constaté")


class ActionForm(PortalForm):
    """What is done about it."""

    actions = forms.MultipleChoiceField(
        label="Action", choices=list(ACTIONS.items()), widget=forms.CheckboxSelectMultiple
    )
    action = _area("Ce qui est fait")
    recipients = _area(
        "Personnes à qui le rappel est remis",
        "Une par ligne, par leur nom ou leur fonction. Chacune dira l’avoir lu.",
        required=False,
    )

    def clean_recipients(self) -> list[str]:
        """One person a line."""
        people = [line.strip() for line in self.cleaned_data["recipients"].splitlines() if line.strip()]
        if len(people) > MOST_PEOPLE or any(len(one) > 120 for one in people):
            raise forms.ValidationError(f"Écrivez au plus {MOST_PEOPLE} personnes, de 120 caractères chacune.")
        return people


class ReadForm(PortalForm):
    """Who has read the reminder, and when."""

    reminder = forms.ModelChoiceField(
        PracticeReminder.objects.none(), label="Personne qui a lu le rappel", empty_label="Choisir"
    )
    read_on = FrenchDateField(label="Lu le")

    def __init__(self, *args: Any, waiting: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reminder"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (narrows the type)
        field.queryset = waiting
        self.fields["read_on"].initial = paris_date(clock.business_now())


class NoteForm(NamesRiskForm):
    """The last word of a case."""

    note = _area("Conclusion")
