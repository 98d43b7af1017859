"""The field of a form by which a file enters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.common.refusals import Refused
from portal.documents.domain.incoming import PDFS, Incoming
from portal.documents.intake.receive import receive


class SafeFileField(forms.FileField):
    """A file that passed ``receive``: its clean value is an ``Incoming``."""

    default_error_messages = {
        "required": "Choisissez le fichier à envoyer.",
        "empty": "Ce fichier est vide. Choisissez-en un autre.",
        "invalid": "Choisissez le fichier à envoyer.",
    }

    def __init__(self, *, kinds: frozenset[str] = PDFS, contents: bool = True, **kwargs: Any) -> None:
        self.kinds, self.contents = kinds, contents
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Incoming | None:
        """The file, found safe. Raises ValidationError with the words of each refusal."""
        upload = super().clean(data, initial)
        if not upload:
            return None
        try:
            return receive(upload, self.kinds, contents=self.contents)
        except Refused as refused:
            raise ValidationError([ValidationError(r.message, code=r.code) for r in refused.refusals]) from None
