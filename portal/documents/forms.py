"""What a person gives to check a document: the code printed on it, or the file."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError

from portal.documents.domain.codes import typed
from portal.documents.intake.fields import SafeFileField
from portal.ui.forms import PortalForm


class CodeForm(PortalForm):
    """The code at the foot of the document."""

    code = forms.CharField(
        label="Code du document",
        max_length=40,
        help_text="13 lettres et chiffres, imprimés à la fin du document : VW8M-B41F-W9R8C.",
        error_messages={"required": "Saisissez le code imprimé à la fin du document."},
    )

    def clean_code(self) -> str:
        if code := typed(self.cleaned_data["code"]):
            return code
        raise ValidationError(
            "Ce n’est pas un code de document : un code a 13 lettres et chiffres, comme VW8M-B41F-W9R8C. Relisez-le, "
            "ou vérifiez le fichier lui-même."
        )


class FileForm(PortalForm):
    """The PDF itself: the verdict says what is inside, so that a forged file is told rather than turned away."""

    file = SafeFileField(
        label="Fichier PDF",
        contents=False,
        help_text="20 Mo au plus. Le fichier n’est pas conservé.",
        error_messages={"required": "Choisissez le fichier à vérifier."},
    )
