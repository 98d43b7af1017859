"""The forms of an installation."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms

from orders.domain.installation import FAILURE_CAUSES
from orders.models.installations import MSS_KINDS
from portal.programmes.domain.ruleset import RuleSet
from portal.ui.fields import FrenchDateField, FrenchDateTimeField
from portal.ui.forms import FreeEmailField, FreeTextField, PortalForm


class PlanForm(PortalForm):
    """When the installation will be."""

    planned_for = FrenchDateTimeField(label="Date et heure prévues", default_time=time(9))


class DeclareForm(PortalForm):
    """What was done on site; the checklist is the rule set's."""

    installed_at = FrenchDateTimeField(label="Date et heure de l’installation", default_time=time(12))
    checklist = forms.MultipleChoiceField(
        label="Ce qui est fait", widget=forms.CheckboxSelectMultiple, required=False, choices=[]
    )
    final_scenario = FreeTextField(
        label="Scénario d’installation final",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text="Celui qui a été réellement installé : il prévaut en cas de contrôle",
    )
    mss_kind = forms.ChoiceField(label="Type de la boîte MSSanté", choices=[("", "Choisissez"), *MSS_KINDS])
    mss_address = FreeEmailField(
        label="Adresse MSSanté effective", required=False, help_text="Vide s’il n’y a pas encore de boîte"
    )
    trained = FreeTextField(
        label="Personnes formées", max_length=500, help_text="Par exemple : titulaire et deux préparateurs"
    )
    certificate_ids = FreeTextField(
        label="Certificats installés", max_length=500, required=False, help_text="Numéros de série, si vous les avez"
    )

    def __init__(self, *args: Any, rules: RuleSet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["checklist"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  (narrows the type)
        field.choices = [(item.code, item.label) for item in rules.checklist]


class FailForm(PortalForm):
    """Why it failed."""

    cause = forms.ChoiceField(label="Cause", choices=list(FAILURE_CAUSES.items()), widget=forms.RadioSelect)
    detail = FreeTextField(
        label="Précisions", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReserveForm(PortalForm):
    """A point that does not hold."""

    point = forms.ChoiceField(label="Point concerné", choices=[])
    reason = FreeTextField(label="Ce qui ne va pas", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    due_on = FrenchDateField(label="À régler avant le")

    def __init__(self, *args: Any, rules: RuleSet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["point"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (narrows the type)
        field.choices = [("", "Choisissez"), *((item.code, item.label) for item in rules.checklist)]


class LiftForm(PortalForm):
    """What was done about it."""

    note = FreeTextField(label="Ce qui a été fait", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
