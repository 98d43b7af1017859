"""Filters of printed documents: ``{% load document_text %}``. They read the plain values of a snapshot.

{{ doc.client.phone|stated }}       the value, or « non renseigné » in grey when it is empty
{{ doc.issued_at|moment }}          ISO 8601 → « 15/11/2022 à 14 h 00 » (Europe/Paris); empty stays empty
{{ doc.installed_on|date_of }}      ISO 8601 day → « 15/11/2022 »
{{ doc.line.ht|euros_of }}          "1050.00" → « 1 050,00 € »
{{ doc.line.vat_percent|percent }}  "20.00" → « 20 % », "8.50" → « 8,5 % »
{{ fingerprint|short_hash }}        first 16 characters, in groups of four
{{ address|qr_code }}               the address as a QR code, drawn in the page
{{ source|timestamping }}           where the time of the seal comes from, in French
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import segno
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from portal.common.canonical import canonical
from portal.common.money import euros
from portal.documents.domain import evidence
from portal.ui import formats

register = template.Library()

UNKNOWN = "non renseigné"
TIMESTAMPING = {
    "authority": "horodaté par une autorité tierce",
    "demo": "horodaté par l’autorité de démonstration, sans valeur juridique",
    "internal": "horodatage interne",
}


@register.filter
def stated(value: str) -> str | SafeString:
    """The value, or the plain statement that it was not given: a blank is never an accident."""
    if str(value).strip():
        return value
    return format_html('<span class="unknown">{}</span>', UNKNOWN)


@register.filter
def moment(iso: str) -> str:
    """« 15/11/2022 à 14 h 00 »."""
    return formats.instant(datetime.fromisoformat(iso)) if iso else ""


@register.filter
def moment_exact(iso: str) -> str:
    """« 15/11/2022 à 14 h 00 min 07 s (heure de Paris) »: a signature is told to the second."""
    if not iso:
        return ""
    at = datetime.fromisoformat(iso)
    return f"{formats.instant(at)}\u00a0min\u00a0{formats.in_paris(at).second:02d}\u00a0s (heure de Paris)"


@register.filter
def printed_json(snapshot: dict[str, Any]) -> str:
    """The canonical JSON of a snapshot, whole."""
    return canonical(snapshot).decode()


@register.filter
def printed_fingerprint(snapshot: dict[str, Any]) -> str:
    """What the printed JSON gives again, its blanks removed."""
    return evidence.printed_fingerprint(snapshot)


@register.filter
def date_of(iso: str) -> str:
    """« 15/11/2022 », for a day or the Paris day of an instant."""
    if not iso:
        return ""
    return formats.day(datetime.fromisoformat(iso) if "T" in iso else date.fromisoformat(iso))


@register.filter
def euros_of(amount: str) -> str:
    """« 1 050,00 € »."""
    return euros(Decimal(amount)) if amount else ""


@register.filter
def percent(rate: str) -> str:
    """« 20 % », « 8,5 % »."""
    if not rate:
        return ""
    number = f"{Decimal(rate).normalize():f}".replace(".", ",")
    return f"{number}\u00a0%"


@register.filter
def short_hash(sha256: str) -> str:
    """The first 16 characters in groups of four: enough to compare by eye, the whole hash is in the portal."""
    return "\u00a0".join(sha256[start : start + 4] for start in range(0, 16, 4))


@register.filter
def long_hash(sha256: str) -> str:
    """The 64 characters in groups of eight, so that a line may break between them."""
    return " ".join(sha256[start : start + 8] for start in range(0, 64, 8))


@register.filter
def qr_code(address: str) -> SafeString:
    """The address as a QR code (ISO/IEC 18004), an image of lines with its name for a screen reader."""
    drawn = segno.make(address, error="m", micro=False)
    svg = drawn.svg_inline(border=0, title="Code à scanner pour vérifier ce document", svgclass="qr", lineclass=None)
    return mark_safe(svg)  # noqa: S308  (drawn by the library from an address of ours)


@register.filter
def timestamping(source: str) -> str:
    """Where the time of the seal comes from. Raises KeyError for what is none of the three."""
    return TIMESTAMPING[source]
