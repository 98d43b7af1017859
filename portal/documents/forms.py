"""What a person gives to check a document: the code printed on it, or the file."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from portal.documents.domain.codes import typed
from portal.ui.forms import PortalForm

MAX_BYTES = 20 * 1024 * 1024


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
    """The PDF itself."""

    file = forms.FileField(
        label="Fichier PDF",
        help_text="20 Mo au plus. Le fichier n’est pas conservé.",
        error_messages={"required": "Choisissez le fichier à vérifier.", "empty": "Ce fichier est vide."},
    )

    def clean_file(self) -> bytes:
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        if (upload.size or 0) > MAX_BYTES:
            raise ValidationError("Ce fichier dépasse 20 Mo : ce n’est pas un document du portail.")
        content = bytes(upload.read())
        if b"%PDF-" not in content[:1024]:
            raise ValidationError("Ce fichier n’est pas un PDF. Choisissez le PDF reçu ou téléchargé.")
        return content
