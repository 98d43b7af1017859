"""The forms of the breach register. They clean types; the services say what is acceptable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from homologation.domain.breaches import CHANNELS, CONTENTS, DECISIONS, DELAYS, KINDS, PERSONS, SOURCES, UNKNOWN
from homologation.forms.feedback import NamesRiskForm
from homologation.models import BreachNotification
from homologation.services.breach_answer import Sending
from homologation.services.breach_declare import Delay, Description
from portal.documents.domain.incoming import SCANS
from portal.documents.intake.fields import SafeFileField
from portal.ui.formats import instant
from portal.ui.forms import FreeTextField, FrenchDateField, FrenchDateTimeField, PortalForm

_NO_PATIENT = "N’écrivez ni nom ni numéro de patient."
LONGEST = 4000


def _text(label: str, *, rows: int = 3, help_text: str = "", required: bool = True) -> forms.CharField:
    return FreeTextField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _moment(label: str, *, help_text: str = "Heure de Paris.", required: bool = True) -> FrenchDateTimeField:
    return FrenchDateTimeField(label=label, help_text=help_text, required=required)


class DeclareForm(PortalForm):
    """The first signs."""

    signs = _text("Qu’avez-vous constaté ?", help_text=_NO_PATIENT)
    detected_at = _moment("Quand l’a-t-on remarqué ?")
    source = forms.ChoiceField(label="Qui l’a signalé ?", choices=list(SOURCES.items()), widget=forms.RadioSelect)
    drill = forms.BooleanField(
        label="C’est un exercice",
        help_text="Il aura son propre numéro et ne sera jamais mêlé aux violations réelles.",
        required=False,
    )


class DescribeForm(PortalForm):
    """What a notification says: each point with its text, or « encore inconnu »."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    kinds = forms.MultipleChoiceField(
        label="Ce qui est touché", choices=list(KINDS.items()), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, label in CONTENTS.items():
            self.fields[key] = _text(label, rows=2, required=False)
            self.fields[f"{key}-unknown"] = forms.BooleanField(label=f"{label} : {UNKNOWN}", required=False)
        self.fields["nature"].help_text = _NO_PATIENT
        self.fields |= {
            "occurred_from": _moment("Début de la violation, si vous le connaissez", required=False),
            "occurred_to": _moment("Fin de la violation, si vous la connaissez", required=False),
            "cause": _text("Cause", rows=2, required=False),
            "systems": _text("Logiciels et matériels touchés", rows=2, required=False),
            "processor_aware_at": _moment("Quand l’éditeur l’a su, s’il est concerné", required=False),
            "processor_informed_at": _moment("Quand l’éditeur vous a prévenus", required=False),
            "certificate_exposed": forms.BooleanField(label="Un certificat ou sa clé a pu être exposé", required=False),
        }

    def clean(self) -> dict[str, Any]:
        """Adds ``said``; a text beside « encore inconnu » is one thing too many, and is kept."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        contents: dict[str, str | None] = {}
        for key in CONTENTS:
            text, unknown = data.get(key) or "", bool(data.get(f"{key}-unknown"))
            if text and unknown:
                self.add_error(key, "Gardez ce texte ou la case « encore inconnu », pas les deux.")
            if text or unknown:
                contents[key] = text or None
        names = (
            *("occurred_from", "occurred_to", "processor_aware_at", "processor_informed_at"),
            *("cause", "systems", "certificate_exposed"),
        )
        plain = {name: data[name] for name in names if name in data}
        return {**data, "said": Description(contents=contents, kinds=tuple(data.get("kinds") or ()), **plain)}


class WhyForm(PortalForm):
    """Why."""

    reason = _text("Motif", help_text=_NO_PATIENT)


class NoteForm(PortalForm):
    """A line of the journal."""

    text = _text("Note", help_text=_NO_PATIENT)


class AwareForm(PortalForm):
    """When one became aware, and how."""

    aware_at = _moment(
        "Depuis quand êtes-vous raisonnablement certain que des données ont été touchées ?",
        help_text="Les 72 heures partent de cet instant, heure de Paris.",
    )
    note = _text("Comment l’avez-vous su ?", help_text=_NO_PATIENT)


class _DelayForm(PortalForm):
    """Asked when the notification is late."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["delay_category"] = forms.ChoiceField(
            label="En cas de retard : sa nature", required=False, choices=[("", "Aucun retard"), *DELAYS.items()]
        )
        self.fields["delay_reason"] = _text(
            "En cas de retard : ses motifs", required=False, help_text="La CNIL les demande au-delà de 72 heures."
        )

    def delay(self) -> Delay:
        """What was said of it."""
        return Delay(self.cleaned_data.get("delay_category") or "", self.cleaned_data.get("delay_reason") or "")

    def clean(self) -> dict[str, Any]:
        """Adds ``delay``."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        return {**data, "delay": self.delay()}


class CorrectForm(_DelayForm, AwareForm):
    """The new instant and why it changes."""

    note = _text("Pourquoi cette heure change-t-elle ?", help_text="L’ancienne heure reste dans le journal.")


class SendForm(PortalForm):
    """A notification as it was sent."""

    sent_at = _moment("Quand la notification est-elle partie ?")
    channel = forms.ChoiceField(label="Par quel moyen ?", choices=list(CHANNELS.items()), widget=forms.RadioSelect)
    receipt = FreeTextField(label="Numéro donné par la CNIL, si vous l’avez", max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        """Adds ``sending`` once its parts are right."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if {"sent_at", "channel", "receipt"} <= set(data):
            data["sending"] = Sending(data["sent_at"], data["channel"], data["receipt"])
        return data


class NotifyForm(_DelayForm, SendForm):
    """The initial one, which may be late."""


class ReceiptForm(PortalForm):
    """What the CNIL answered to one of the notifications."""

    notification = forms.TypedChoiceField(label="Notification concernée", coerce=int)
    file = SafeFileField(
        label="Accusé de réception de la CNIL",
        help_text="PDF, JPEG, PNG ou TIFF, 20 Mo au plus. Le fichier est gardé tel quel, avec son empreinte.",
        kinds=SCANS,
    )

    def __init__(self, *args: Any, sent: Sequence[BreachNotification], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["notification"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101  (narrows the type)
        field.choices = [(one.pk, f"N° {one.number}, {one.phase}, du {instant(one.sent_at)}") for one in sent]


class PersonsForm(PortalForm):
    """The decision of article 34."""

    persons = forms.ChoiceField(
        label="Faut-il informer les personnes concernées ?",
        choices=[(one.value, PERSONS[one]) for one in DECISIONS],
        widget=forms.RadioSelect,
    )
    reason = _text("Pourquoi ?", required=False, help_text=f"Obligatoire si elle n’est pas requise. {_NO_PATIENT}")


class InformForm(PortalForm):
    """When and how they were told."""

    informed_at = _moment("Quand les personnes ont-elles été informées ?")
    how = _text("Comment ?", help_text=_NO_PATIENT)


class CloseForm(NamesRiskForm):
    """What article 33(5) asks of every breach."""

    facts = _text("Les faits", help_text=_NO_PATIENT)
    effects = _text("Leurs effets")
    remedial = _text("Les mesures prises pour y remédier")
    in_scope = forms.TypedChoiceField(
        label="La cause touche-t-elle l’usage du téléservice INSi ?",
        help_text="Par exemple : un compte, un poste, un certificat ou le logiciel qui appelle INSi. Si oui, "
        "l’homologation INSi est à revoir.",
        choices=[("oui", "Oui"), ("non", "Non")],
        coerce=lambda said: said == "oui",
        widget=forms.RadioSelect,
    )


class PeriodForm(PortalForm):
    """The days of a register, both included; a mistyped one is left out with its error shown."""

    du = FrenchDateField(label="Du", required=False)
    au = FrenchDateField(label="Au", required=False)
    exercices = forms.BooleanField(label="Les exercices, au lieu des violations", required=False)
