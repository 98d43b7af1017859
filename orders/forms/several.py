"""Choosing orders in a list, then agreeing to them all."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from django import forms

from orders.domain.consent import consent_text
from orders.services.several import Chosen, Waiting
from portal.ui.forms import PortalForm

_TICK = "Cochez la case pour confirmer que vous signez ces bons de commande."


class ChooseForm(forms.Form):
    """Which of the orders shown; drawn by the page, a line an order."""

    order = forms.MultipleChoiceField(
        error_messages={
            "required": "Cochez au moins un bon de commande.",
            "invalid_choice": "Un des bons cochés n’attend plus votre signature. Vérifiez la liste, puis recommencez.",
        }
    )

    def __init__(self, waiting: Sequence[Waiting], data: Any = None) -> None:
        super().__init__(data)
        self._waiting = {str(one.order.pk): one for one in waiting if not one.refusals}
        self.fields["order"].choices = [(key, key) for key in self._waiting]  # type: ignore[attr-defined]

    def clean_order(self) -> list[Waiting]:
        """The orders chosen; one for each funding right."""
        chosen = [self._waiting[key] for key in self.cleaned_data["order"]]
        if len({one.right for one in chosen}) != len(chosen):
            raise forms.ValidationError(
                "Deux des bons cochés sont pour une même officine, qui a droit à une seule Prestation : gardez-en un."
            )
        return chosen


class AgreeForm(PortalForm):
    """The same words as on the page of a single order, once for the firm ones and once for the conditional ones."""

    def __init__(self, confirmed: Sequence[Waiting], data: Any = None) -> None:
        super().__init__(data)
        for name, conditional in (("firm", False), ("conditional", True)):
            numbers = [one.order.number for one in confirmed if one.conditional is conditional]
            if numbers:
                each = f"Pour chacun des bons n° {', '.join(numbers)}" if len(numbers) > 1 else f"Bon n° {numbers[0]}"
                label = f"{each} : {consent_text(conditional=conditional)}"
                self.fields[name] = forms.BooleanField(label=label, error_messages={"required": _TICK})
        self.lines = [
            f"{one.order.pk} {one.sha256} {'conditional' if one.conditional else 'firm'}" for one in confirmed
        ]


def read_lines(lines: Sequence[str]) -> list[Chosen]:
    """The orders that the page named when it was shown; a line of any other form is left out."""
    found = []
    for line in lines:
        key, _, rest = line.partition(" ")
        sha256, _, words = rest.partition(" ")
        with suppress(ValueError):
            found.append(Chosen(UUID(key), sha256, conditional=words == "conditional"))
    return found
