"""What the administration types about a dossier, and the ANS's list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Any

from django import forms

from portal.documents.domain.incoming import LISTS
from portal.documents.intake.fields import SafeFileField
from portal.referencing.domain.ans_diff import Finding
from portal.referencing.domain.ans_file import COLUMNS
from portal.referencing.domain.decisions import DECISION_LABELS, OUTCOME_LABELS, WITHDRAWAL_GROUNDS, Decision, Outcome
from portal.referencing.domain.requirements import Requirement
from portal.referencing.models import Verdict
from portal.referencing.services.instruct import Judgement
from portal.registry.models import SoftwareVersion
from portal.ui.fields import FrenchDateField, FrenchDateTimeField
from portal.ui.forms import FreeTextField, PortalForm


class DueForm(PortalForm):
    """The last day to answer."""

    due_on = FrenchDateField(label="Dernier jour pour répondre")
    note = FreeTextField(
        label="Message au fournisseur", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class PiecesForm(DueForm):
    """Which requirements miss pieces."""

    points = forms.MultipleChoiceField(
        label="Exigences à compléter",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Cochez au moins une exigence à compléter."},
    )
    field_order = ["points", "due_on", "note"]

    def __init__(self, *args: Any, requirements: Sequence[Requirement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["points"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  (narrows the type)
        field.choices = [(r.code, f"{r.code} – {r.statement}") for r in requirements]


class ExtendForm(PortalForm):
    due_on = FrenchDateField(label="Nouveau dernier jour pour répondre")
    reason = FreeTextField(label="Motif", required=False, max_length=300)


class JudgeForm(PortalForm):
    """A verdict and a comment for each requirement; what is left without a verdict stays as it was."""

    version_seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, requirements: Sequence[Requirement], last: dict[str, Verdict], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [requirement.code for requirement in requirements]
        for code in self.codes:
            verdict = last.get(code)
            self.fields[f"outcome_{code}"] = forms.ChoiceField(
                label=f"Avis sur {code}",
                required=False,
                choices=[("", "Pas encore d’avis"), *((o.value, label) for o, label in OUTCOME_LABELS.items())],
                initial=verdict.outcome if verdict else "",
            )
            self.fields[f"comment_{code}"] = FreeTextField(
                label=f"Commentaire sur {code}",
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 2}),
                initial=verdict.comment if verdict else "",
                help_text="Nécessaire pour « À corriger » : le fournisseur le lira.",
            )

    def judgements(self) -> dict[str, Judgement]:
        """The verdicts given, by requirement."""
        data = self.cleaned_data
        return {
            code: Judgement(Outcome(data[f"outcome_{code}"]), data[f"comment_{code}"])
            for code in self.codes
            if data.get(f"outcome_{code}")
        }


class ProposeForm(PortalForm):
    """A decision to propose; only the fields of the decisions possible here are shown."""

    decision = forms.ChoiceField(label="Décision proposée", widget=forms.RadioSelect)
    number = forms.CharField(
        label="Numéro unique de référencement",
        required=False,
        max_length=60,
        help_text="Délivré par l’ANS ; pour « Référencer »",
    )
    ground = forms.ChoiceField(
        label="Raison du retrait", required=False, choices=[("", "Choisissez"), *WITHDRAWAL_GROUNDS.items()]
    )
    effective_at = FrenchDateTimeField(
        label="Prend effet le",
        required=False,
        default_time=time(0),
        help_text="Laissez vide : à la décision du valideur.",
    )
    retroactive = forms.BooleanField(label="Retrait rétroactif : il vaut aussi pour le passé", required=False)
    reason = FreeTextField(
        label="Motifs",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Nécessaires pour un refus ou un retrait. Le fournisseur les lira.",
    )

    def __init__(self, *args: Any, decisions: Sequence[Decision], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["decision"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (narrows the type)
        field.choices = [(decision.value, DECISION_LABELS[decision]) for decision in decisions]
        unused = ("ground", "retroactive") if Decision.WITHDRAW not in decisions else ("number",)
        for name in unused:
            del self.fields[name]


class AnswerForm(PortalForm):
    answer = FreeTextField(label="Ce qui est à revoir", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class SuspendForm(PortalForm):
    reason = FreeTextField(label="Motif", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    until = FrenchDateField(label="Fin prévue", required=False)


class AnsListForm(PortalForm):
    """The ANS's list as a CSV."""

    file = SafeFileField(
        label="Liste de l’ANS (CSV)",
        kinds=LISTS,
        help_text=f"Première ligne : {';'.join(COLUMNS)} (siret facultatif).",
        error_messages={"required": "Choisissez le fichier CSV de la liste."},
    )
    list_day = FrenchDateField(label="Date de la liste")


class ApplyForm(PortalForm):
    """Every warning of the list, to acknowledge one by one."""

    digest = forms.CharField(widget=forms.HiddenInput)
    acknowledged = forms.MultipleChoiceField(
        label="Avertissements que vous avez lus",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, findings: Sequence[Finding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        warned = [f for f in findings if f.warning]
        if not warned:
            del self.fields["acknowledged"]
            return
        field = self.fields["acknowledged"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  (narrows the type)
        field.choices = [(f.code, f"{f.words} – {f.warning}") for f in warned]


class AttachRowForm(PortalForm):
    """Which version a row is about."""

    version = forms.ChoiceField(label="Version du registre", choices=[])

    def __init__(self, *args: Any, versions: Sequence[SoftwareVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["version"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (narrows the type)
        field.choices = [
            ("", "Choisissez"),
            *((str(v.pk), f"{v} ({v.software.supplier.name})") for v in versions),
        ]


class NoteForm(PortalForm):
    note = FreeTextField(label="Ce qui a été vérifié", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
