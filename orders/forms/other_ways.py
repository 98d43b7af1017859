"""Other ways to sign: the file signed elsewhere is sent with the consent."""

from __future__ import annotations

from typing import Any

from django import forms

from orders.domain.consent import consent_text
from orders.forms.answer import SignForm
from portal.documents.intake.fields import SafeFileField


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
