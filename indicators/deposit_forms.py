"""What a supplier says of a log that it deposits, and how the lists of deposits are narrowed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from indicators.deposit_selectors import TO_CORRECT, Narrow
from indicators.domain.codes import FILE_CODES, LINE_CODES
from indicators.domain.log_format import MAX_UNPACKED
from indicators.models.deposits import DepositState
from portal.common.identifiers import check_finess_form
from portal.common.patient_numbers import check_file_name
from portal.registry.models import SoftwareVersion, Supplier
from portal.ui.fields import FinessField
from portal.ui.forms import PortalForm

STATES = (
    ("", "Tous"),
    (DepositState.RECEIVED.value, "En cours de lecture"),
    (TO_CORRECT, "Acceptés, avec des lignes à corriger"),
    (DepositState.REFUSED.value, "Refusés"),
)


class DepositForm(PortalForm):
    """A log, and the version of the software that wrote it."""

    version = forms.ModelChoiceField(
        SoftwareVersion.objects.none(),
        label="Version du logiciel",
        empty_label="Choisir",
        help_text="Celle qui a produit le fichier. Un fichier ne porte que sur une version.",
        error_messages={
            "required": "Choisissez la version du logiciel qui a produit le fichier.",
            "invalid_choice": "Cette version n’est pas l’une des vôtres. Choisissez-en une dans la liste.",
        },
    )
    file = forms.FileField(
        label="Journal d’activité",
        help_text="Glissez le fichier dans ce cadre, ou choisissez-le. CSV ou JSON Lines, en clair, .gz ou .zip. "
        "20 Gio au plus une fois décompressé.",
        error_messages={
            "required": "Choisissez le fichier à déposer.",
            "empty": FILE_CODES["empty"].sentence,
            "invalid": "Choisissez le fichier à déposer.",
            "missing": "Choisissez le fichier à déposer.",
        },
    )

    def __init__(self, *args: Any, versions: QuerySet[SoftwareVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["version"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (narrows the type)
        field.queryset = versions
        self.fields["file"].widget.attrs["class"] = "portal-drop"

    def clean_file(self) -> UploadedFile[bytes]:
        """The file, of a size that is read at all, under a name that may be kept."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        for refusal in check_file_name(file.name or ""):
            raise ValidationError(refusal.message, code=refusal.code)
        if (file.size or 0) > MAX_UNPACKED:
            raise ValidationError(FILE_CODES["too_large"].sentence, code="too_large")
        return file


class NarrowForm(PortalForm):
    """Which deposits to show; a choice that is none of those offered counts as none."""

    etat = forms.ChoiceField(label="État", choices=STATES, required=False)
    finess = FinessField(
        label="Pharmacie (FINESS)",
        required=False,
        max_length=20,
        help_text="Montre les dépôts acceptés qui ont apporté des lignes de cette pharmacie.",
    )
    fournisseur = forms.ModelChoiceField(
        Supplier.objects.none(), label="Fournisseur", required=False, empty_label="Tous"
    )

    def __init__(self, *args: Any, suppliers: QuerySet[Supplier] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if suppliers is None:
            del self.fields["fournisseur"]
            return
        field = self.fields["fournisseur"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (narrows the type)
        field.queryset = suppliers

    def clean_finess(self) -> str:
        """A number of nine characters. Raises ValidationError for what is none."""
        found: str = self.cleaned_data["finess"]
        if found and check_finess_form(found):
            raise ValidationError(
                f"« {found} » n’est pas un numéro FINESS : donnez ses 9 caractères, par exemple 350001234.",
                code="bad_finess",
            )
        return found

    def chosen(self) -> Narrow:
        """What is asked for."""
        self.is_valid()
        supplier = self.cleaned_data.get("fournisseur")
        state, finess = (self.cleaned_data.get(name) or "" for name in ("etat", "finess"))
        return Narrow(state, supplier.pk if supplier else None, finess)


class CodeForm(PortalForm):
    """Which of the lines left out to show; a code of none of them counts as none."""

    code = forms.ChoiceField(label="Motif", required=False)

    def __init__(self, *args: Any, codes: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (narrows the type)
        field.choices = [("", "Tous"), *((code, LINE_CODES[code].wrong) for code in codes)]

    def code_asked(self) -> str:
        """The code asked for, empty for all."""
        self.is_valid()
        return self.cleaned_data.get("code") or ""
