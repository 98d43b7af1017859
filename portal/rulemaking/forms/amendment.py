"""The form of a new arrêté: every date, delay and amount of a rule set, as people type them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms

from portal.programmes.domain.ruleset import CONFIDENCES
from portal.rulemaking.domain.edits import CUTS, TypedCut, amount, instant_of, tier_rows, with_calendar
from portal.rulemaking.domain.lifecycle import DATE, REACHES
from portal.rulemaking.domain.words import BOUND_WORDS, CONFIDENCE_WORDS, NATURE_WORDS
from portal.ui.fields import FrenchDateField, FrenchDateTimeField, MoneyField
from portal.ui.forms import FreeTextField, PortalForm

_DOUBT = [(code, CONFIDENCE_WORDS[code].capitalize()) for code in CONFIDENCES]


class PercentField(MoneyField):
    """A rate from 0 to 100 with at most two decimals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_value=Decimal(100), **kwargs)
        self.help_text = "En pourcentage, par exemple 8,50."


class AmendmentForm(PortalForm):
    """What a draft says. It cleans types; ``portal.programmes.domain.parse`` judges the whole."""

    version_seen = forms.IntegerField(widget=forms.HiddenInput)
    title = FreeTextField(label="Intitulé", max_length=200)
    source = FreeTextField(
        label="Source",
        max_length=1000,
        help_text="Le texte et sa date, par exemple : arrêté du 17/03/2023",
    )
    reach = forms.ChoiceField(label="Portée", choices=list(REACHES.items()), widget=forms.RadioSelect)
    applies_from = FrenchDateTimeField(label="Date à compter de laquelle les actes sont jugés", required=False)
    limit_days = forms.IntegerField(
        label="Dépôt du dossier complet d’une commande sous condition (jours calendaires)", min_value=1, max_value=3650
    )
    window_from = FrenchDateField(label="Fenêtre affichée : du")
    window_to = FrenchDateField(label="Fenêtre affichée : au")
    window_source = FreeTextField(label="Source de la fenêtre", max_length=1000)
    conditional_note = FreeTextField(label="Remarque sur les commandes sous condition", max_length=1000)
    link_days = forms.IntegerField(label="Validité d’un bon émis et non signé (jours)", min_value=1, max_value=3650)
    reserve_days = forms.IntegerField(label="Délai d’une réserve de la VA (jours)", min_value=1, max_value=3650)
    vat_percent = PercentField(label="Taux de TVA (%)")
    vat_confidence = forms.ChoiceField(label="Taux de TVA : confiance", choices=_DOUBT)
    advance_percent = PercentField(label="Part de l’avance (%)")
    balance_percent = PercentField(label="Part du solde (%)")
    shares_confidence = forms.ChoiceField(label="Avance et solde : confiance", choices=_DOUBT)

    def __init__(self, data: Any = None, *, content: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.content = content
        for nature, bound in CUTS:
            self._add_cut(nature, bound)
        for index, tier in tier_rows(content):
            self._add_tier(index, str(tier["label"]))
        for index, row in enumerate(content["money"]["vat_overseas"]):
            departments = ", ".join(row["departments"])
            label = f"TVA des départements {departments} (%)"
            self.fields[f"overseas_{index}"] = PercentField(label=label)

    def _add_cut(self, nature: str, bound: str) -> None:
        name, words = f"{nature}_{bound}", f"{NATURE_WORDS[nature]} : {BOUND_WORDS[bound]}"
        self.fields[f"{name}_at"] = FrenchDateTimeField(
            label=words, required=False, help_text="Laissez vide s’il n’y a pas de date."
        )
        self.fields[f"{name}_confidence"] = forms.ChoiceField(
            label="Confiance en cette date", choices=_DOUBT, required=False
        )
        self.fields[f"{name}_source"] = FreeTextField(label="Source de cette date", max_length=1000, required=False)
        self.fields[f"{name}_note"] = FreeTextField(label="Remarque", max_length=1000, required=False)

    def _add_tier(self, index: int, label: str) -> None:
        self.fields[f"tier_{index}_label"] = FreeTextField(label="Classe de montant", max_length=200, initial=label)
        self.fields[f"tier_{index}_floor_ht"] = MoneyField(label="Plancher HT")
        self.fields[f"tier_{index}_ceiling_ht"] = MoneyField(label="Plafond HT")
        self.fields[f"tier_{index}_confidence"] = forms.ChoiceField(label="Confiance", choices=_DOUBT)
        self.fields[f"tier_{index}_source"] = FreeTextField(label="Source", max_length=1000)

    def clean(self) -> dict[str, Any]:
        """What only two fields together can tell: a date needs its source, a reach by date its date."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("reach") == DATE and not data.get("applies_from") and "applies_from" not in self.errors:
            self.add_error("applies_from", "Indiquez la date, ou choisissez une autre portée.")
        for nature, bound in CUTS:
            name = f"{nature}_{bound}"
            if data.get(f"{name}_at") and not data.get(f"{name}_source") and f"{name}_source" not in self.errors:
                self.add_error(f"{name}_source", "Indiquez d’où vient cette date.")
        return data

    def cuts(self) -> dict[tuple[str, str], TypedCut]:
        """The dates that were typed."""
        data = self.cleaned_data
        return {
            (nature, bound): TypedCut(
                nature,
                bound,
                data[f"{nature}_{bound}_at"],
                data[f"{nature}_{bound}_confidence"] or "U",
                data[f"{nature}_{bound}_source"],
                data[f"{nature}_{bound}_note"],
            )
            for nature, bound in CUTS
            if data[f"{nature}_{bound}_at"]
        }

    def new_content(self) -> dict[str, Any]:
        """The content that was typed, over the draft's own."""
        data = self.cleaned_data
        content = with_calendar(self.content, self.cuts())
        content |= {
            "title": data["title"],
            "source": data["source"],
            "signature_link_days": data["link_days"],
            "va": {**content["va"], "reserve_days": data["reserve_days"]},
            "money": self._money(),
            "conditional": {
                **content["conditional"],
                "limit_days": data["limit_days"],
                "window_from": data["window_from"].isoformat(),
                "window_to": data["window_to"].isoformat(),
                "window_source": data["window_source"],
                "note": data["conditional_note"],
            },
        }
        if data["reach"] == DATE:
            content["applies_from"] = data["applies_from"].isoformat()
        return content

    def _money(self) -> dict[str, Any]:
        data, money = self.cleaned_data, self.content["money"]
        new = {**money, **{key: amount(data[key]) for key in ("vat_percent", "advance_percent", "balance_percent")}}
        new |= {key: data[key] for key in ("vat_confidence", "shares_confidence")}
        new["vat_overseas"] = [
            {**row, "percent": amount(data[f"overseas_{index}"])} for index, row in enumerate(money["vat_overseas"])
        ]
        if "tiers" in money:
            new["tiers"] = [
                {
                    **tier,
                    **{key: data[f"tier_{index}_{key}"] for key in ("label", "confidence", "source")},
                    **{key: amount(data[f"tier_{index}_{key}"]) for key in ("floor_ht", "ceiling_ht")},
                }
                for index, tier in enumerate(money["tiers"])
            ]
        return new


def initial_of(content: Mapping[str, Any], reach: str, version: int) -> dict[str, Any]:
    """The draft as its form shows it at first."""
    money, conditional, zone = content["money"], content["conditional"], content["zone"]
    initial = {
        "version_seen": version,
        "title": content["title"],
        "source": content["source"],
        "reach": reach,
        "applies_from": datetime.fromisoformat(content["applies_from"]) if content.get("applies_from") else None,
        "limit_days": conditional["limit_days"],
        "window_from": date.fromisoformat(conditional["window_from"]),
        "window_to": date.fromisoformat(conditional["window_to"]),
        "window_source": conditional["window_source"],
        "conditional_note": conditional["note"],
        "link_days": content["signature_link_days"],
        "reserve_days": content["va"]["reserve_days"],
        "vat_confidence": money.get("vat_confidence", "C"),
        "shares_confidence": money.get("shares_confidence", "C"),
    }
    initial |= {key: Decimal(money[key]) for key in ("vat_percent", "advance_percent", "balance_percent")}
    for row in content["calendar"]:
        name = f"{row['nature']}_{row['bound']}"
        initial[f"{name}_at"] = instant_of(row, zone)
        initial |= {f"{name}_{key}": row.get(key, "") for key in ("confidence", "source", "note")}
    for index, tier in tier_rows(content):
        initial |= {f"tier_{index}_{key}": tier[key] for key in ("label", "confidence", "source")}
        initial |= {f"tier_{index}_{key}": Decimal(tier[key]) for key in ("floor_ht", "ceiling_ht")}
    for index, row in enumerate(money["vat_overseas"]):
        initial[f"overseas_{index}"] = Decimal(row["percent"])
    return initial
