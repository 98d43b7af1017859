"""The short forms: start a draft, report an outage, approve, send back, ask which rule applied."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.programmes.domain.ruleset import NATURES
from portal.programmes.models import RuleSetVersion
from portal.rulemaking.domain.words import NATURE_WORDS
from portal.rulemaking.services.draft import OutageReport
from portal.ui.fields import FrenchDateField, FrenchDateTimeField
from portal.ui.forms import FreeTextField, PortalForm


class StartForm(PortalForm):
    """From which version a draft starts."""

    base = forms.ModelChoiceField(
        label="Partir de",
        queryset=RuleSetVersion.objects.none(),
        empty_label="Choisissez une version",
        help_text="La version en vigueur, ou une version préparée dans le catalogue",
        error_messages={"invalid_choice": "Cette version n’existe pas : choisissez-la dans la liste."},
    )

    def __init__(self, *args: Any, versions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["base"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (narrows the type)
        field.queryset = versions
        field.label_from_instance = lambda version: (  # type: ignore[method-assign, assignment]
            f"{version} – {version.title}{'' if version.published_at else ' (préparée, non publiée)'}"
        )


class OutageForm(PortalForm):
    """An incident of ours: when, what it prevented, to when the dates hit are moved."""

    began_at = FrenchDateTimeField(label="Début de l’incident")
    ended_at = FrenchDateTimeField(label="Fin de l’incident")
    natures = forms.MultipleChoiceField(
        label="Actes empêchés",
        choices=[(nature, NATURE_WORDS[nature]) for nature in NATURES],
        widget=forms.CheckboxSelectMultiple,
    )
    description = FreeTextField(label="Description publique", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    extended_to = FrenchDateTimeField(
        label="Report des échéances touchées",
        required=False,
        help_text="Laissez vide pour la fin du jour ouvré suivant.",
    )

    def report(self) -> OutageReport:
        """What was typed."""
        data = {**self.cleaned_data, "natures": frozenset(self.cleaned_data["natures"])}
        data.pop("version_seen", None)
        return OutageReport(**data)


class EditOutageForm(OutageForm):
    """The same, taken up again."""

    version_seen = forms.IntegerField(widget=forms.HiddenInput)


class SeenForm(PortalForm):
    """The fingerprint of the effects that the approver has read."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    read = forms.BooleanField(
        label="J’ai lu les différences et les effets, et j’approuve la publication.",
        error_messages={"required": "Cochez la case après avoir lu les différences et les effets."},
    )


class RemarkForm(PortalForm):
    """What the authors should change."""

    remark = FreeTextField(label="Remarque aux auteurs", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class WhenForm(PortalForm):
    """Which rules applied on a day."""

    le = FrenchDateField(label="Quelle règle s’appliquait le", required=False)
