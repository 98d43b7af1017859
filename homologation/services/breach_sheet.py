"""A breach and a register as plain JSON values: what is sent, frozen, printed, exported."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from homologation.models import Breach, BreachEntry, BreachNotification, SupervisionCase
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
    "risk",
    "end_reason",
)


def sheet(breach: Breach, now: datetime) -> dict[str, Any]:
    """Everything said of a breach; in ``contents`` None is « encore inconnu »; instants ISO 8601 in UTC."""
    return {
        "schema": "breach/2",
        "reference": breach.reference,
        "pharmacy": _place(breach.pharmacy),
        "state": str(breach.state),
        **{name: getattr(breach, name) for name in _PLAIN},
        **{name: instant(getattr(breach, name)) for name in _INSTANTS},
        "case": _case(breach.case),
        "awareness": awareness_of(breach, now),
        "notifications": [_sent(one) for one in breach.notifications.all()],
    }


def awareness_of(breach: Breach, now: datetime) -> list[dict[str, Any]]:
    """Each time that one became aware, as first said then as corrected: a correction hides no deadline (facts §2).

    ``passed``: the deadline it gave went by without a notification.
    """
    until = breach.counted_until(now)
    return [_aware(entry, until) for entry in breach.entries.all() if entry.kind == "awareness"]


def _case(case: SupervisionCase | None) -> dict[str, Any] | None:
    """The alert of supervision from which it comes: its month, the rules that found it, its cause."""
    if case is None:
        return None
    rules = sorted({alert["rule"] for alert in case.alerts})
    return {"month": f"{case.month:%Y-%m}", "rules": rules, "cause": case.cause}


def _aware(entry: BreachEntry, until: datetime | None) -> dict[str, Any]:
    return {
        "said_at": instant(entry.at),
        "aware_at": instant(entry.aware_at),
        "deadline_at": instant(entry.deadline_at),
        "passed": bool(until and entry.deadline_at and until > entry.deadline_at),
        "text": entry.text,
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
    rows = [sheet(breach, now) for breach in breaches]
    return {
        "schema": "breach-register/2",
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
