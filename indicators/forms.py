"""The year that a page of use is about, and what the administration and suppliers type about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from indicators.domain.lifecycle import FREEZE, KINDS
from indicators.domain.measures import Measure
from portal.ui.forms import FreeTextField, PortalForm

FIRST = 2022


def years_to(last: int) -> list[tuple[str, str]]:
    """A choice of the years since the programme began, the last one first."""
    return [(str(one), str(one)) for one in range(last, FIRST - 1, -1)]


class YearForm(PortalForm):
    """A choice of the years since the programme began, the present one first."""

    annee = forms.ChoiceField(label="Année", required=False)

    def __init__(self, *args: Any, this_year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.this_year = this_year
        self.fields["annee"].choices = years_to(this_year)  # type: ignore[attr-defined]

    def year(self) -> int:
        """The year asked for; the present one where it is none of those offered."""
        asked = self.data.get("annee", "")
        return int(asked) if asked in dict(years_to(self.this_year)) else self.this_year


class BoardForm(YearForm):
    """A year and one of its indicators."""

    indicateur = forms.ChoiceField(label="Indicateur", required=False)

    def offer(self, measures: Iterable[Measure]) -> None:
        """Offer the indicators of the year."""
        choices = [(one.code, one.title) for one in measures]
        self.fields["indicateur"].choices = choices  # type: ignore[attr-defined]

    def code(self) -> str:
        """The indicator asked for; the first one where it is none of those offered, empty where there is none."""
        offered = [code for code, _ in self.fields["indicateur"].choices]  # type: ignore[attr-defined]
        asked = self.data.get("indicateur", "")
        return asked if asked in offered else next(iter(offered), "")


class DecisionForm(PortalForm):
    """What is proposed about a year."""

    kind = forms.ChoiceField(label="Décision", choices=list(KINDS.items()), widget=forms.RadioSelect)
    year = forms.ChoiceField(label="Année")
    code = forms.ChoiceField(
        label="Indicateur",
        required=False,
        help_text="Seulement pour neutraliser un indicateur",
    )
    reference = FreeTextField(label="Référence de la décision", max_length=120)
    reason = FreeTextField(
        label="Motif",
        max_length=2000,
        help_text="Les titulaires le liront sur leur page",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, this_year: int, codes: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = years_to(this_year)  # type: ignore[attr-defined]
        self.fields["code"].choices = [("", "Aucun"), *codes]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """An indicator is needed where one is set aside."""
        data = super().clean() or {}
        if data.get("kind") not in (None, FREEZE) and not data.get("code"):
            self.add_error("code", "Choisissez l’indicateur à neutraliser.")
        return data


class AnswerForm(PortalForm):
    """The explanation of something odd."""

    answer = FreeTextField(
        label="Votre explication",
        max_length=2000,
        help_text="Par exemple : un essai de paramétrage, une date d’installation mal saisie, une campagne en décembre",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
