"""What a supplier types about its dossier of référencement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from portal.documents.domain.incoming import PROOFS
from portal.documents.intake.fields import SafeFileField
from portal.referencing.domain.files import ACCEPTED
from portal.referencing.domain.requirements import Chapter, RequirementList
from portal.referencing.models import ReferencingDossier
from portal.ui.fields import FrenchDateField
from portal.ui.forms import FreeTextField, PortalForm


class ContentForm(PortalForm):
    """Conditional profiles, NIE and NIL."""

    profiles = forms.MultipleChoiceField(
        label="Ce que fait votre logiciel, en plus du profil Général",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Cochez seulement ce qui vous concerne : des exigences s’ajoutent.",
    )
    nie = FreeTextField(
        label="Numéro d’éditeur (NIE)",
        required=False,
        max_length=40,
        help_text="Délivré par le CNDA. Vous pourrez le saisir plus tard, avant de déposer le dossier.",
    )
    nil = FreeTextField(
        label="Numéro de logiciel (NIL), ou celui de la demande en cours",
        required=False,
        max_length=40,
        help_text="Délivré par le CNDA. Vous pourrez le saisir plus tard, avant de déposer le dossier.",
    )

    def __init__(self, *args: Any, listed: RequirementList | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        conditional = [p for p in listed.profiles if p.conditional] if listed else []
        if not conditional:
            del self.fields["profiles"]
            return
        field = self.fields["profiles"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  (narrows the type)
        field.choices = [(p.code, p.label) for p in conditional]


class CharterForm(PortalForm):
    accepted = forms.BooleanField(
        label="J’accepte la charte de référencement Ségur au nom de mon entreprise, que je suis habilité(e) à engager",
        required=False,
    )


class ProofForm(PortalForm):
    """One file and what it proves."""

    file = SafeFileField(
        label="Fichier",
        kinds=PROOFS,
        help_text=f"{ACCEPTED}.",
        error_messages={"required": "Choisissez le fichier à déposer."},
    )
    covers = forms.MultipleChoiceField(
        label="Preuves attendues que ce fichier apporte",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Cochez au moins une preuve attendue que ce fichier apporte."},
    )

    def __init__(self, *args: Any, chapter: Chapter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["covers"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  (narrows the type)
        field.choices = [(p.code, f"{p.code} – {p.label}") for r in chapter.requirements for p in r.proofs]


class ReasonForm(PortalForm):
    reason = FreeTextField(label="Motif", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class ReplyForm(PortalForm):
    reply = FreeTextField(
        label="Votre réponse",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Nécessaire si un point demandé n’a pas de nouvelle preuve : expliquez pourquoi.",
    )


class AbandonForm(PortalForm):
    """A giving up is typed out."""

    reason = FreeTextField(
        label="Pourquoi abandonnez-vous ?", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    typed = FreeTextField(label="Nom et version du logiciel", max_length=200)

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["typed"].help_text = f"Pour confirmer, saisissez exactement : {expected}"


class AnnounceForm(PortalForm):
    day = FrenchDateField(label="Date à laquelle vous pensez être référencé")
    note = FreeTextField(label="Précision publique", required=False, max_length=300)


class ObsoleteForm(PortalForm):
    label = FreeTextField(
        label="Version obsolète", max_length=60, help_text="Par exemple : 3.x, ou toute version avant la 4.2"
    )
    note = FreeTextField(label="Précision publique", required=False, max_length=300)


class SuccessorForm(PortalForm):
    successor = forms.TypedChoiceField(label="Version qui remplace celle-ci", choices=[])

    def __init__(self, *args: Any, kin: Sequence[ReferencingDossier], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["successor"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (narrows the type)
        field.choices = [("", "Choisissez"), *((str(d.pk), f"{d} – {d.state_label}") for d in kin)]
