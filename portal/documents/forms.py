"""What a person gives: a code or a file to check; the file signed elsewhere, or the scan, to sign."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.documents.domain.codes import typed
from portal.documents.domain.incoming import SCANS
from portal.documents.intake.fields import SafeFileField
from portal.documents.models import Document
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


class GivenFileForm(PortalForm):
    """The document signed with one's own certificate, beside the fields of its consent."""

    file = SafeFileField(
        label="Le PDF signé avec votre certificat",
        help_text="Le PDF téléchargé ici, signé par votre logiciel. 20 Mo au plus.",
        error_messages={"required": "Choisissez le PDF que vous avez signé avec votre certificat."},
    )


class GivenScanForm(PortalForm):
    """The scan shown is the paper that one signed, beside the fields of its consent."""

    mine = forms.BooleanField(error_messages={"required": "Cochez la case une fois chaque page regardée."})
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, pages: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = "La page du document y est, entière et lisible"
        if pages > 1:
            there = f"Les {pages} pages du document y sont, entières et lisibles"
        self.fields["mine"].label = f"{there}, et la signature est la mienne, apposée à la main."


class StackForm(PortalForm):
    """A stack of scanned papers, of one document or of many."""

    file = SafeFileField(
        label="Numérisation",
        kinds=SCANS,
        help_text="PDF, ou image JPEG, PNG ou TIFF. 20 Mo et 60 pages au plus ; plusieurs documents peuvent se suivre.",
        error_messages={"required": "Choisissez le fichier numérisé."},
    )


class AttachForm(PortalForm):
    """Which document an unread page belongs to."""

    document = forms.ChoiceField(
        label="Document", error_messages={"required": "Choisissez le document auquel cette page appartient."}
    )
    page = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, documents: Iterable[Document], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["document"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (narrows the type)
        field.choices = [("", "Choisir"), *((str(one.pk), _choice(one)) for one in documents)]


def _choice(document: Document) -> str:
    holder = getattr(document, "holder", "")
    return f"{document.title} n° {document.number}{f' – {holder}' if holder else ''}"
