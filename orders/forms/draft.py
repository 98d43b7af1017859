"""The forms by which a supplier drafts an order: they clean types, the rules judge."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet

from orders.domain.content import MANDATORY, check_mandatory
from orders.domain.facts import Content
from orders.models import Order
from portal.common.money import Triple
from portal.common.refusals import Refusal
from portal.programmes.domain.ruleset import RuleSet
from portal.registry.models import SoftwareVersion
from portal.ui.fields import MoneyField
from portal.ui.forms import FreeEmailField, FreeTextField, PortalForm

YES_NO = [("yes", "Oui"), ("no", "Non")]
_TYPED = {*MANDATORY, "personal_operator", "organisation_operator"}


class PharmacySearchForm(PortalForm):
    """Finding the client by FINESS or by name."""

    q = forms.CharField(
        label="FINESS, nom, ville ou code postal",
        max_length=100,
        help_text="Par exemple : 350001019, ou « marché saint-malo »",
    )


class DraftForm(PortalForm):
    """Every field of the example order of the seed, in its order. Nothing is required to save a draft."""

    version = forms.ModelChoiceField(
        label="Dénomination et version du logiciel",
        queryset=SoftwareVersion.objects.none(),
        empty_label="Choisissez un logiciel",
        error_messages={"invalid_choice": "Ce logiciel n’est pas l’un des vôtres : choisissez-le dans la liste."},
    )
    client_name = FreeTextField(label="Nom de la structure", max_length=200, required=False)
    client_responsible = FreeTextField(label="Nom du responsable de la structure", max_length=120, required=False)
    client_phone = forms.CharField(label="Téléphone", max_length=20, required=False)
    client_email = FreeEmailField(label="Mail", required=False)
    administrator_name = FreeTextField(
        label="Nom de l’administrateur technique",
        max_length=120,
        required=False,
        help_text="Personne en charge de la commande des certificats logiciels",
    )
    administrator_status = forms.ChoiceField(
        label="Statut de l’administrateur technique",
        required=False,
        choices=[("", "Choisissez"), ("supplier", "Éditeur"), ("pharmacist", "Pharmacien")],
    )
    administrator_card = forms.CharField(
        label="Numéro de carte CPA/CPS", max_length=30, required=False, help_text="Carte de l’administrateur technique"
    )
    administrator_phone = forms.CharField(label="Téléphone de l’administrateur", max_length=20, required=False)
    administrator_email = FreeEmailField(
        label="Mail de l’administrateur",
        required=False,
        help_text="L’habilitation y sera notifiée : préférez une adresse générique",
    )
    amount_ht = MoneyField(label="Montant HT", required=False, max_value=Decimal("9999999.99"))
    vat_percent = forms.DecimalField(
        label="Taux de TVA (%)", max_digits=5, decimal_places=2, required=False, localize=True, min_value=0
    )
    amount_vat = MoneyField(
        label="Montant de la TVA", required=False, max_value=Decimal("9999999.99"), help_text="Vide : calculé."
    )
    amount_ttc = MoneyField(
        label="Montant TTC", required=False, max_value=Decimal("9999999.99"), help_text="Vide : calculé."
    )
    state_amount = MoneyField(
        label="Montant pris en charge par l’Etat",
        required=False,
        max_value=Decimal("9999999.99"),
        help_text="Au titre du Ségur de la santé. Vide : le montant TTC.",
    )
    installation_scenario = FreeTextField(
        label="Scénario d’installation",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text="Par exemple : mise à jour sur site, un serveur et trois postes",
    )
    has_personal_mailbox = forms.ChoiceField(
        label="Le client dispose-t-il d’une BAL MSSanté personnelle ?",
        choices=YES_NO,
        widget=forms.RadioSelect,
        required=False,
    )
    personal_operator = FreeTextField(label="Si oui, opérateur de la BAL personnelle", max_length=120, required=False)
    has_organisation_mailbox = forms.ChoiceField(
        label="Le client dispose-t-il d’une BAL MSSanté organisationnelle ?",
        choices=YES_NO,
        widget=forms.RadioSelect,
        required=False,
    )
    organisation_operator = FreeTextField(
        label="Si oui, opérateur de la BAL organisationnelle", max_length=120, required=False
    )
    version_seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, versions: QuerySet[SoftwareVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["version"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (narrows the type)
        field.queryset = versions

    def missing(self, rules: RuleSet, at: datetime) -> list[Refusal]:
        """The mentions mandatory at ``at`` that nobody typed, told together with what is not readable."""
        typed: dict[str, Any] = {name: str(self.data.get(name) or "") for name in self.fields if name in _TYPED}
        for key in ("has_personal_mailbox", "has_organisation_mailbox"):
            typed[key] = {"yes": True, "no": False}.get(str(self.data.get(key)))
        nothing = Decimal("0.00")
        amounts = Triple(ht=nothing, vat=nothing, ttc=nothing)
        content = Content(**typed, amounts=amounts, vat_percent=nothing, state_amount=nothing)
        return [refusal for refusal in check_mandatory(content, rules, at) if refusal.field not in self.errors]

    def content(self) -> dict[str, Any]:
        """What the order will say: amounts left empty are computed, answers become booleans."""
        data = {key: value for key, value in self.cleaned_data.items() if key not in ("version", "version_seen")}
        for key in ("has_personal_mailbox", "has_organisation_mailbox"):
            data[key] = {"yes": True, "no": False}.get(data[key])
        return data | self._amounts(data)

    def _amounts(self, data: dict[str, Any]) -> dict[str, Decimal]:
        ht, rate = data["amount_ht"] or Decimal("0.00"), data["vat_percent"]
        rate = Decimal("20.00") if rate is None else rate
        computed = Triple.from_ht(ht, rate)
        vat = computed.vat if data["amount_vat"] is None else data["amount_vat"]
        ttc = ht + vat if data["amount_ttc"] is None else data["amount_ttc"]
        state = ttc if data["state_amount"] is None else data["state_amount"]
        return {"amount_ht": ht, "vat_percent": rate, "amount_vat": vat, "amount_ttc": ttc, "state_amount": state}


def initial_of(order: Order) -> dict[str, Any]:
    """The draft as the form shows it again."""
    initial = {name: getattr(order, name) for name in DraftForm.base_fields if hasattr(order, name)}
    for key in ("has_personal_mailbox", "has_organisation_mailbox"):
        initial[key] = {True: "yes", False: "no", None: ""}[initial[key]]
    if not order.amount_ht:
        initial.update(amount_ht=None, amount_vat=None, amount_ttc=None, state_amount=None)
    return initial | {"version": order.software_version_id, "version_seen": order.version}


SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Logiciel", ("version",)),
    ("Client", ("client_name", "client_responsible", "client_phone", "client_email")),
    (
        "Pour commande des certificats logiciels",
        (
            "administrator_name",
            "administrator_status",
            "administrator_card",
            "administrator_phone",
            "administrator_email",
        ),
    ),
    ("Prestation Ségur", ("amount_ht", "vat_percent", "amount_vat", "amount_ttc", "state_amount")),
    (
        "Installation et messagerie",
        (
            "installation_scenario",
            "has_personal_mailbox",
            "personal_operator",
            "has_organisation_mailbox",
            "organisation_operator",
        ),
    ),
)
"""The form's parts, as on the paper form."""
