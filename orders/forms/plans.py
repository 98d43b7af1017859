"""The forms of a plan made together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from orders.domain.plans import Dates
from portal.ui.fields import FrenchDateField
from portal.ui.forms import FreeTextField, PortalForm

Choices = Sequence[tuple[str, str]]
_WORDS = forms.Textarea(attrs={"rows": 4})


class AskForm(PortalForm):
    """A titulaire's question to the supplier of a software chosen in the list."""

    version = forms.ChoiceField(label="Logiciel et fournisseur", choices=[])
    words = FreeTextField(label="Votre question", required=False, max_length=4000, widget=_WORDS)

    def __init__(self, *args: Any, versions: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["version"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (narrows the type)
        field.choices = [("", "Choisissez un logiciel"), *versions]


class WordsForm(PortalForm):
    """Free words: a question or an answer."""

    words = FreeTextField(label="Votre message", required=False, max_length=4000, widget=_WORDS)


class DatesForm(PortalForm):
    """The three dates, and free words."""

    order_on = FrenchDateField(label="Signature du bon de commande")
    install_on = FrenchDateField(label="Installation")
    train_on = FrenchDateField(label="Formation de l’équipe")
    words = FreeTextField(label="Précisions", required=False, max_length=4000, widget=_WORDS)

    def dates(self) -> Dates:
        """The dates typed, once the form is valid."""
        data = self.cleaned_data
        return Dates(data["order_on"], data["install_on"], data["train_on"])


class OpenPlanForm(DatesForm):
    """A supplier's first proposal: also for which of its software."""

    version = forms.ChoiceField(label="Logiciel", choices=[])
    field_order = ("version", "order_on", "install_on", "train_on", "words")

    def __init__(self, *args: Any, versions: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["version"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (narrows the type)
        field.choices = [("", "Choisissez un logiciel"), *versions]


class AgreeForm(PortalForm):
    """Agreeing to the proposal that the page showed."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
