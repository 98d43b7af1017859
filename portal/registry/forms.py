"""The forms by which administrators keep the registry."""

from __future__ import annotations

from datetime import time

from django import forms

from portal.accounts.domain.roles import Role
from portal.registry.domain.referencing import STATUS_LABELS
from portal.ui.fields import FrenchDateTimeField, SiretField
from portal.ui.forms import PortalForm


class StatusForm(PortalForm):
    """One change of status of a référencement."""

    status = forms.ChoiceField(
        label="Statut", choices=[("", "Choisissez"), *((s.value, w) for s, w in STATUS_LABELS.items())]
    )
    effective_at = FrenchDateTimeField(label="Prend effet le", default_time=time(0))
    number = forms.CharField(
        label="Numéro unique de référencement",
        required=False,
        max_length=60,
        help_text="Délivré par l’ANS ; à saisir avec le statut « Référencé »",
    )
    source = forms.CharField(label="Source", max_length=200, help_text="Par exemple : liste de l’ANS du 14/11/2022")
    reason = forms.CharField(label="Motif", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class AttachForm(PortalForm):
    """A person's role in a pharmacy; the account is made when the address is new."""

    email = forms.EmailField(label="Adresse électronique")
    first_name = forms.CharField(label="Prénom", max_length=80)
    last_name = forms.CharField(label="Nom", max_length=80)
    role = forms.ChoiceField(
        label="Fonction",
        choices=[(Role.TITULAIRE.value, Role.TITULAIRE.label), (Role.ADJOINT.value, Role.ADJOINT.label)],
        widget=forms.RadioSelect,
    )


class SupplierForm(PortalForm):
    """The identity of a supplier, as printed on its orders, and the first person who works there."""

    name = forms.CharField(label="Nom de la structure", max_length=200)
    siret = SiretField(label="N° de SIRET")
    address = forms.CharField(label="Adresse", max_length=200)
    postal_code = forms.RegexField(
        label="Code postal", regex=r"^[0-9]{5}$", error_messages={"invalid": "Le code postal a 5 chiffres."}
    )
    city = forms.CharField(label="Ville", max_length=80)
    contact_name = forms.CharField(label="Nom du responsable de la transaction", max_length=120)
    phone = forms.CharField(label="Téléphone", max_length=20)
    email = forms.EmailField(label="Mail")


class VersionForm(PortalForm):
    """One version of a software of the supplier."""

    software = forms.CharField(label="Nom du logiciel", max_length=120)
    version = forms.CharField(label="Version", max_length=40)


class MemberForm(PortalForm):
    """A person of the supplier or distributor."""

    email = forms.EmailField(label="Adresse électronique")
    first_name = forms.CharField(label="Prénom", max_length=80)
    last_name = forms.CharField(label="Nom", max_length=80)
    role = forms.ChoiceField(
        label="Fonction",
        choices=[(Role.SUPPLIER.value, Role.SUPPLIER.label), (Role.DISTRIBUTOR.value, Role.DISTRIBUTOR.label)],
        widget=forms.RadioSelect,
    )
