"""The forms by which administrators keep the registry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Any

from django import forms

from portal.accounts.domain.endings import END_REASONS
from portal.accounts.domain.roles import Role
from portal.registry.domain.referencing import STATUS_LABELS
from portal.ui.fields import FinessField, FrenchDateField, FrenchDateTimeField, SiretField
from portal.ui.forms import FreeEmailField, FreeTextField, PortalForm


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
    source = FreeTextField(label="Source", max_length=200, help_text="Par exemple : liste de l’ANS du 14/11/2022")
    reason = FreeTextField(label="Motif", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class AttachForm(PortalForm):
    """A person's role in a pharmacy; the account is made when the address is new."""

    email = FreeEmailField(label="Adresse électronique")
    first_name = FreeTextField(label="Prénom", max_length=80)
    last_name = FreeTextField(label="Nom", max_length=80)
    national_id = forms.CharField(
        label="Identifiant national",
        required=False,
        max_length=60,
        help_text="8 suivi du numéro RPPS : la personne se connectera aussi par Pro Santé Connect, sans autre démarche",
    )
    role = forms.ChoiceField(
        label="Fonction",
        choices=[(role.value, role.label) for role in (Role.TITULAIRE, Role.ADJOINT, Role.PREPARATEUR)],
        help_text="Un préparateur ne voit que ses propres consignes INSi",
        widget=forms.RadioSelect,
    )


class EndRoleForm(PortalForm):
    """The last day of a person's role, and why it ends; a pharmacy left without a titulaire is said so."""

    last_day = FrenchDateField(
        label="Dernier jour dans cette fonction",
        help_text="Aujourd’hui ou un jour passé : l’accès se ferme tout de suite. Ce qui a été fait avant reste fait.",
    )
    reason = forms.ChoiceField(label="Motif", choices=list(END_REASONS.items()), widget=forms.RadioSelect)
    nobody_left = forms.BooleanField(label="Cette pharmacie n’a plus de titulaire", required=False)

    def __init__(self, *args: Any, last_titulaire: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not last_titulaire:
            del self.fields["nobody_left"]


class SupplierForm(PortalForm):
    """The identity of a supplier, as printed on its orders, and the first person who works there."""

    name = FreeTextField(label="Nom de la structure", max_length=200)
    siret = SiretField(label="N° de SIRET")
    address = FreeTextField(label="Adresse", max_length=200)
    postal_code = forms.RegexField(
        label="Code postal", regex=r"^[0-9]{5}$", error_messages={"invalid": "Le code postal a 5 chiffres."}
    )
    city = FreeTextField(label="Ville", max_length=80)
    contact_name = FreeTextField(label="Nom du responsable de la transaction", max_length=120)
    phone = forms.CharField(label="Téléphone", max_length=20)
    email = FreeEmailField(label="Mail")


class VersionForm(PortalForm):
    """One version of a software of the supplier."""

    software = FreeTextField(label="Nom du logiciel", max_length=120)
    version = FreeTextField(label="Version", max_length=40)


class MemberForm(PortalForm):
    """A person of the supplier or distributor."""

    email = FreeEmailField(label="Adresse électronique")
    first_name = FreeTextField(label="Prénom", max_length=80)
    last_name = FreeTextField(label="Nom", max_length=80)
    role = forms.ChoiceField(
        label="Fonction",
        choices=[(Role.SUPPLIER.value, Role.SUPPLIER.label), (Role.DISTRIBUTOR.value, Role.DISTRIBUTOR.label)],
        widget=forms.RadioSelect,
    )


class EnrolForm(PortalForm):
    """For which pharmacy a person wants to act: one that Pro Santé Connect knows them in, or one by its FINESS."""

    place = forms.ChoiceField(label="Votre pharmacie", widget=forms.RadioSelect, required=False)
    finess = FinessField(
        label="FINESS géographique de la pharmacie",
        required=False,
        help_text="Si elle n’est pas dans la liste ci-dessus",
    )
    role = forms.ChoiceField(
        label="Votre fonction",
        widget=forms.RadioSelect,
    )
    contact_email = FreeEmailField(
        label="Adresse électronique",
        required=False,
        help_text="Pour vous prévenir de ce qui vous attend. Pro Santé Connect ne nous la transmet pas",
    )

    def __init__(
        self,
        *args: Any,
        places: Sequence[tuple[str, str]],
        with_email: bool,
        roles: Sequence[Role],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        place, role = self.fields["place"], self.fields["role"]
        assert isinstance(place, forms.ChoiceField) and isinstance(role, forms.ChoiceField)  # noqa: S101  (types)
        role.choices = [(one.value, one.label) for one in roles]
        place.choices = [*places, ("", "Une autre pharmacie")]
        if not places:
            del self.fields["place"]
            self.fields["finess"].help_text = "Neuf caractères : le numéro du site, non celui de la société"
        if not with_email:
            del self.fields["contact_email"]

    def clean(self) -> dict[str, Any]:
        """One pharmacy is named."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("place") and not data.get("finess") and "finess" not in self.errors:
            self.add_error("finess", "Choisissez votre pharmacie, ou donnez son numéro FINESS géographique.")
        return data


class DecisionForm(PortalForm):
    """What is answered to a request of attachment."""

    account = forms.ChoiceField(
        label="Compte de cette personne",
        widget=forms.RadioSelect,
        required=False,
        help_text="Choisissez un compte déjà rattaché s’il s’agit de la même personne : elle n’en aura qu’un",
    )
    reason = FreeTextField(
        label="Motif du refus",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Seulement pour refuser ; la personne le lira",
    )

    def __init__(self, *args: Any, accounts: Sequence[tuple[str, str]], refusing: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account = self.fields["account"]
        assert isinstance(account, forms.ChoiceField)  # noqa: S101  (narrows the type)
        account.choices = [("", "Un nouveau compte, sans autre rattachement"), *accounts]
        if not accounts:
            del self.fields["account"]
        self.fields["reason"].required = refusing
