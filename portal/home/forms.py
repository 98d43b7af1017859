"""The filters of a board, and the demonstration's clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from portal.common import clock
from portal.home.domain.stages import ADMINISTRATION, OWNER_LABELS, PHARMACY, PORTAL, STAGES, SUPPLIER
from portal.home.selectors import Filters
from portal.registry.models import SoftwareVersion
from portal.ui.fields import FrenchDateField
from portal.ui.forms import PortalForm


class BoardForm(PortalForm):
    """Filters in the address: shareable, and kept while paging."""

    q = forms.CharField(label="Pharmacie, FINESS, SIRET ou n° de bon", required=False, max_length=100)
    etape = forms.ChoiceField(
        label="Étape", required=False, choices=[("", "Toutes"), *((s.code, s.label) for s in STAGES.values())]
    )
    acteur = forms.ChoiceField(
        label="Qui agit",
        required=False,
        choices=[("", "Tous"), *((code, OWNER_LABELS[code]) for code in (SUPPLIER, PHARMACY, PORTAL, ADMINISTRATION))],
    )
    logiciel = forms.ChoiceField(label="Logiciel", required=False, choices=[])

    def __init__(self, *args: Any, versions: Sequence[SoftwareVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not versions:
            del self.fields["logiciel"]
            return
        field = self.fields["logiciel"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (narrows the type)
        field.choices = [("", "Tous"), *((str(version.pk), str(version)) for version in versions)]

    def filters(self) -> Filters:
        """The filters asked for; an unknown value counts as none."""
        self.is_valid()
        data = self.cleaned_data
        return Filters(
            text=data.get("q", ""),
            stage=data.get("etape", ""),
            owner=data.get("acteur", ""),
            software=data.get("logiciel", ""),
            sort=str(self.data.get("tri", "")),
        )

    def is_filtered(self) -> bool:
        """Whether any filter is on."""
        filters = self.filters()
        return bool(filters.text or filters.stage or filters.owner or filters.software)


class AdvanceForm(PortalForm):
    """To which day the demonstration moves on."""

    day = FrenchDateField(label="Nouvelle date du portail")


class DayField(FrenchDateField):
    """A day that an address may also write as ``2022-11-15``."""

    def to_python(self, value: Any) -> date | None:
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            return super().to_python(value)


class PastForm(PortalForm):
    """At the end of which day a dossier is looked at."""

    au = DayField(label="Voir ce dossier tel qu’il était le")

    def clean_au(self) -> date:
        """A day that has begun."""
        day: date = self.cleaned_data["au"]
        if day > clock.paris_date(clock.business_now()):
            raise forms.ValidationError("Cette date est à venir : choisissez aujourd’hui ou un jour passé.")
        return day
