"""A breach and a register as plain JSON values: what is sent, frozen, printed, exported."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from homologation.models import Breach, BreachNotification
from portal.common.canonical import sha256_of
from portal.documents.domain.blocks import day, instant
from portal.registry.models import Pharmacy

_INSTANTS = (
    "detected_at",
    "occurred_from",
    "occurred_to",
    "processor_aware_at",
    "processor_informed_at",
    "aware_at",
    "deadline_at",
    "first_sent_at",
    "persons_informed_at",
    "ended_at",
)
_PLAIN = (
    "drill",
    "source",
    "signs",
    "contents",
    "kinds",
    "cause",
    "systems",
    "certificate_exposed",
    "no_risk_reason",
    "delay_category",
    "delay_reason",
    "persons",
    "persons_reason",
    "facts",
    "effects",
    "remedial",
    "in_scope",
    "end_reason",
)


def sheet(breach: Breach) -> dict[str, Any]:
    """Everything said of a breach; in ``contents`` None is « encore inconnu »; instants ISO 8601 in UTC."""
    return {
        "schema": "breach/1",
        "reference": breach.reference,
        "pharmacy": _place(breach.pharmacy),
        "state": str(breach.state),
        **{name: getattr(breach, name) for name in _PLAIN},
        **{name: instant(getattr(breach, name)) for name in _INSTANTS},
        "notifications": [_sent(one) for one in breach.notifications.all()],
    }


def _sent(one: BreachNotification) -> dict[str, Any]:
    """A notification and the receipts that the CNIL gave for it, each by its hash."""
    return {
        "number": one.number,
        "sent_at": instant(one.sent_at),
        "channel": one.channel,
        "receipt": one.receipt,
        "sha256": one.sha256,
        "receipts": [{"label": file.label, "sha256": file.sha256} for file in one.receipts.all()],
    }


def register(
    pharmacy: Pharmacy, breaches: Iterable[Breach], since: date | None, until: date | None, now: datetime
) -> dict[str, Any]:
    """The register of a period (days of Paris, both included), empty where nothing was declared: « état néant »."""
    rows = [sheet(breach) for breach in breaches]
    return {
        "schema": "breach-register/1",
        "pharmacy": _place(pharmacy),
        "since": day(since),
        "until": day(until),
        "made_at": instant(now),
        "breaches": rows,
    }


def sealed(content: dict[str, Any]) -> dict[str, Any]:
    """A value with its own hash beside it, as it is given out."""
    return {"content": content, "sha256": sha256_of(content)}


def _place(pharmacy: Pharmacy) -> dict[str, str]:
    return {"name": pharmacy.name, "finess": pharmacy.finess}
