"""Other ways to sign: the file signed elsewhere, the scan of the paper."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from orders.domain.consent import consent_text
from orders.forms.answer import SignForm
from orders.models import Order
from portal.documents.domain.incoming import SCANS
from portal.documents.intake.fields import SafeFileField
from portal.ui.forms import PortalForm


class SignElsewhereForm(SignForm):
    """The order signed with one's own certificate."""

    file = SafeFileField(
        label="Le bon de commande signé avec votre certificat",
        help_text="Le PDF téléchargé ici, signé par votre logiciel. 20 Mo au plus.",
        error_messages={"required": "Choisissez le bon de commande que vous avez signé avec votre certificat."},
    )

    def __init__(self, *args: Any, conditional: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        consent = self.fields["consent"]
        assert isinstance(consent, forms.BooleanField)  # noqa: S101  (narrows the type)
        consent.label = consent_text(conditional=conditional)
        self.order_fields(["file", "replaces", "consent"])


class SignByHandForm(SignForm):
    """The scan shown is the paper that one signed."""

    mine = forms.BooleanField(error_messages={"required": "Cochez la case une fois chaque page regardée."})
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, pages: int, conditional: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("mine", _mine(pages)), ("consent", consent_text(conditional=conditional))):
            field = self.fields[name]
            assert isinstance(field, forms.BooleanField)  # noqa: S101  (narrows the type)
            field.label = label
        self.order_fields(["mine", "replaces", "consent"])


def _mine(pages: int) -> str:
    there = "La page du bon y est" if pages == 1 else f"Les {pages} pages du bon y sont"
    return f"{there}, entières et lisibles, et la signature est la mienne, apposée à la main."


class StackForm(PortalForm):
    """A stack of scanned orders, of one or of many."""

    file = SafeFileField(
        label="Numérisation",
        kinds=SCANS,
        help_text="PDF, ou image JPEG, PNG ou TIFF. 20 Mo et 60 pages au plus ; plusieurs bons peuvent se suivre.",
        error_messages={"required": "Choisissez le fichier numérisé."},
    )


class AttachForm(PortalForm):
    """Which order an unread page belongs to."""

    order = forms.ChoiceField(
        label="Bon de commande", error_messages={"required": "Choisissez le bon auquel cette page appartient."}
    )
    page = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, orders: Iterable[Order], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["order"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (narrows the type)
        field.choices = [("", "Choisir"), *((str(one.pk), f"n° {one.number} – {one.client_name}") for one in orders)]
