"""The forms of a VA: a box for each statement, none pre-ticked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField

from attestations.domain.consent import consent_text
from attestations.domain.filled import Filled
from attestations.domain.rules import Decision, check_answers
from attestations.models import Statement
from portal.documents.forms import GivenFileForm, GivenScanForm
from portal.ui.forms import FreeTextField, PortalForm

ANSWERS = [("yes", "J’atteste"), ("no", "Je refuse ce point")]


class VaSignForm(PortalForm):
    """The consent to the VA as it was filled in."""

    consent = forms.BooleanField(
        label=consent_text(), error_messages={"required": "Cochez la case pour confirmer que vous signez."}
    )
    shown = forms.CharField(widget=forms.HiddenInput)


class VaElsewhereForm(GivenFileForm, VaSignForm):
    """The filled VA signed with one's own certificate."""

    field_order = ("file", "consent")


class VaByHandForm(GivenScanForm, VaSignForm):
    """The scan shown is the filled VA that one signed."""

    field_order = ("mine", "consent")


class VaForm(PortalForm):
    """The statements to answer and the place."""

    place = FreeTextField(label="Fait à", max_length=80)

    def __init__(self, *args: Any, statements: Sequence[Statement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.statements = statements
        for statement in statements:
            self.fields[statement.code] = forms.ChoiceField(
                label=statement.text, choices=ANSWERS, widget=forms.RadioSelect, required=False
            )
            self.fields[f"{statement.code}_reason"] = FreeTextField(
                label="Si vous refusez : ce qui ne va pas",
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        boxes = [name for s in statements for name in (s.code, f"{s.code}_reason")]
        self.order_fields([*boxes, "place"])

    def sections(self) -> list[tuple[str, list[BoundField]]]:
        """Each statement's heading with its two fields."""
        return [
            (s.heading or "Bon déroulement de la Prestation", [self[s.code], self[f"{s.code}_reason"]])
            for s in self.statements
        ]

    def clean(self) -> dict[str, Any]:
        """Adds ``decisions``, the answers as the rules take them; what is not answered is said with all the rest."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        decisions: Mapping[str, Decision] = {
            s.code: Decision({"yes": True, "no": False}.get(data.get(s.code, "")), data.get(f"{s.code}_reason", ""))
            for s in self.statements
        }
        self.absorb(refusal for refusal in check_answers(decisions) if refusal.field not in self.errors)
        return {**data, "decisions": decisions}


def answers_typed(filled: Filled | None, city: str) -> dict[str, str]:
    """What the form starts with: the last answers, or the city alone."""
    if filled is None:
        return {"place": city}
    typed = {"place": filled.place}
    for code, decision in filled.decisions.items():
        typed |= {code: "yes" if decision.accepted else "no", f"{code}_reason": decision.reason}
    return typed


class RefuseVaForm(PortalForm):
    """Why the whole VA is refused."""

    reason = FreeTextField(label="Ce qui ne va pas", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class LiftForm(PortalForm):
    """What the supplier did about a reserve."""

    note = FreeTextField(label="Ce qui a été fait", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
