"""Form fields that read what people in France type: dates, hours, euros, FINESS, SIRET.

They clean *types* only; whether a date, an amount or an identifier is acceptable is the domain's to say.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.common.clock import PARIS
from portal.common.identifiers import normalise
from portal.common.patient_numbers import check_free_text
from portal.common.text import squeeze
from portal.ui.formats import in_paris

DATE_HINT = "Format attendu : jj/mm/aaaa, par exemple 15/11/2022."
DATETIME_HINT = "Format attendu : jj/mm/aaaa hh:mm, par exemple 15/11/2022 14:00."
MONEY_HINT = "En euros, par exemple 1 050,00."

_DATE = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})|(\d{2})(\d{2})(\d{4})")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_SHORT_YEAR = re.compile(r"\d{1,2}[/.\- ]\d{1,2}[/.\- ]\d{2}")
_HOUR = re.compile(r"(\d{1,2})\s*(?:[:hH]\s*(\d{2})?)")
_MONEY = re.compile(r"-?\d+(?:[.,](\d+))?")


def _spaced(text: str) -> str:
    """``text`` trimmed, every run of blanks (no-break ones too) replaced by one space."""
    return " ".join(text.split())


def _with_hint(kwargs: dict[str, Any], hint: str) -> None:
    """Say the expected format after whatever help the form gives."""
    own = kwargs.get("help_text")
    kwargs["help_text"] = f"{own} {hint}" if own else hint


def _text_input(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", **attrs})


def parse_french_date(text: str) -> date:
    """The day written jj/mm/aaaa (also with dots, dashes, blanks, nothing, or in ISO form)."""
    iso = _ISO_DATE.fullmatch(text)
    match = _DATE.fullmatch(text)
    if iso:
        year, month, day = (int(part) for part in iso.groups())
    elif match:
        day, month, year = (int(part) for part in match.groups() if part is not None)
    elif _SHORT_YEAR.fullmatch(text):
        raise ValidationError("Écrivez l’année en quatre chiffres, par exemple 15/11/2022.", code="short_year")
    else:
        raise ValidationError("Cette date n’est pas lisible. Écrivez-la jj/mm/aaaa, par exemple 15/11/2022.", "invalid")
    if not 1900 <= year <= 2199:
        raise ValidationError("Vérifiez l’année : elle doit être comprise entre 1900 et 2199.", code="odd_year")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValidationError(
            "Le %(date)s n’existe pas dans le calendrier. Vérifiez le jour et le mois.",
            code="no_such_day",
            params={"date": text},
        ) from None


def parse_french_hour(text: str) -> time:
    """The hour written 14:00, 14h00, 14 h 00 or 14h."""
    match = _HOUR.fullmatch(text)
    if match is None:
        raise ValidationError("Cette heure n’est pas lisible. Écrivez-la hh:mm, par exemple 14:00.", code="bad_hour")
    hour, minute = int(match[1]), int(match[2] or 0)
    if hour > 23 or minute > 59:
        raise ValidationError("Cette heure n’existe pas : elle va de 00:00 à 23:59.", code="no_such_hour")
    return time(hour, minute)


def paris_instant(day: date, hour: time) -> datetime:
    """The one UTC instant of a Paris wall-clock reading; the readings of the two changes of hour are refused."""
    first = datetime.combine(day, hour, PARIS)
    second = first.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    skipped = first.astimezone(UTC).astimezone(PARIS).replace(tzinfo=None) != datetime.combine(day, hour)
    raise ValidationError(
        "Cette heure n’existe pas ce jour-là : on passe à l’heure d’été. Indiquez une heure avant 2 h ou après 3 h."
        if skipped
        else "Cette heure existe deux fois ce jour-là : on passe à l’heure d’hiver. "
        "Indiquez une heure avant 2 h ou après 3 h.",
        code="skipped_hour" if skipped else "double_hour",
    )


class FrenchDateField(forms.Field):
    """A day typed as jj/mm/aaaa; cleans to ``date``, or ``None`` when left empty and not required."""

    def __init__(self, **kwargs: Any) -> None:
        _with_hint(kwargs, DATE_HINT)
        kwargs.setdefault("widget", _text_input(size="12"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        """Read the day that was typed."""
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return in_paris(value).date()
        return value if isinstance(value, date) else parse_french_date(_spaced(str(value)))

    def prepare_value(self, value: Any) -> Any:
        """Show a stored value as it would be typed; what was typed is shown again untouched."""
        if isinstance(value, datetime):
            value = in_paris(value)
        return value.strftime("%d/%m/%Y") if isinstance(value, date) else value


class FrenchDateTimeField(forms.Field):
    """An instant typed as jj/mm/aaaa hh:mm, Paris time; cleans to an aware UTC ``datetime``.

    With ``default_time`` the hour may be left out.
    """

    def __init__(self, *, default_time: time | None = None, **kwargs: Any) -> None:
        self.default_time = default_time
        _with_hint(kwargs, DATETIME_HINT)
        kwargs.setdefault("widget", _text_input(size="18"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> datetime | None:
        """Read the day and the hour that were typed."""
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return in_paris(value).astimezone(UTC)
        day_text, hour_text = self._split(_spaced(str(value)))
        day = parse_french_date(day_text)
        if hour_text:
            return paris_instant(day, parse_french_hour(hour_text))
        if self.default_time is None:
            raise ValidationError("Ajoutez l’heure après la date, par exemple 15/11/2022 14:00.", code="no_hour")
        return paris_instant(day, self.default_time)

    @staticmethod
    def _split(text: str) -> tuple[str, str]:
        """Date and hour; « à », « T » or a blank may stand between them."""
        match = re.fullmatch(r"(\S+?)(?:\s*T\s*|\s+(?:à\s+)?)(\d{1,2}\s*[:hH].*)", text)
        return (match[1], match[2]) if match else (text, "")

    def prepare_value(self, value: Any) -> Any:
        """Show a stored value as it would be typed; what was typed is shown again untouched."""
        return in_paris(value).strftime("%d/%m/%Y %H:%M") if isinstance(value, datetime) else value


_MAX_DIGITS = 20


class MoneyField(forms.Field):
    """Euros with at most two decimals, comma or dot; cleans to ``Decimal`` with two places. Empty is not zero."""

    def __init__(self, *, max_value: Decimal = Decimal("9999999999.99"), **kwargs: Any) -> None:
        self.max_value = max_value
        _with_hint(kwargs, MONEY_HINT)
        kwargs.setdefault("widget", _text_input(inputmode="decimal", size="14"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        """Read the amount that was typed."""
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        text = squeeze(str(value)).removesuffix("€")
        match = _MONEY.fullmatch(text)
        if match is None:
            raise ValidationError(
                "Ce montant n’est pas lisible. Écrivez-le en chiffres, par exemple 1 050,00.", code="invalid"
            )
        if len(match[1] or "") > 2:
            raise ValidationError("Écrivez au plus deux chiffres après la virgule.", code="too_many_decimals")
        amount = Decimal(text.replace(",", "."))
        if amount.adjusted() > _MAX_DIGITS:  # before rounding, which has no room for more digits
            raise ValidationError("Ce montant est trop grand : vérifiez le nombre de chiffres.", code="too_large")
        return amount.quantize(Decimal("0.01"))

    def validate(self, value: Decimal | None) -> None:
        """Refuse a negative or absurdly large amount."""
        super().validate(value)
        if value is not None and value < 0:
            raise ValidationError("Un montant ne peut pas être négatif.", code="negative")
        if value is not None and value > self.max_value:
            raise ValidationError("Ce montant est trop grand : vérifiez le nombre de chiffres.", code="too_large")

    def prepare_value(self, value: Any) -> Any:
        """Show a stored value as it would be typed; what was typed is shown again untouched."""
        return f"{value:.2f}".replace(".", ",") if isinstance(value, Decimal) else value


def no_patient_number(value: str) -> None:
    """Refuse a text that holds what looks like a patient's number. Raises ValidationError."""
    for refusal in check_free_text(value):
        raise ValidationError(refusal.message, code=refusal.code, params={"legal_ref": refusal.legal_ref})


class FreeTextField(forms.CharField):
    """Words as people write them: the field of every box to write in. No patient's number passes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(no_patient_number)


class FreeEmailField(forms.EmailField):
    """An e-mail address; a patient's MSSanté address, which holds their number, does not pass."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(no_patient_number)


class IdentifierField(forms.CharField):
    """An official number typed with or without blanks; cleans to upper case without blanks."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", _text_input(spellcheck="false", size="20"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """Take the blanks out."""
        return normalise(super().to_python(value) or "")


class FinessField(IdentifierField):
    """A FINESS number: nine characters. Its check digit is a warning, the domain's to give."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "9 caractères, par exemple 01 000 230 1.")
        super().__init__(**kwargs)


class SiretField(IdentifierField):
    """A SIRET number: fourteen digits. Its check digits are the domain's to refuse."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "14 chiffres, par exemple 732 829 320 00074.")
        kwargs.setdefault("widget", _text_input(inputmode="numeric", spellcheck="false", size="20"))
        super().__init__(**kwargs)
