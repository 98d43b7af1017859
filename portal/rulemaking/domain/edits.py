"""From what an administrator typed to the content of a rule set, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from portal.programmes.domain.ruleset import BOUNDS, NATURES

CUTS = tuple((nature, bound) for nature in NATURES for bound in BOUNDS)
"""Every date that a calendar can give: at most one for each act and side."""


@dataclass(frozen=True)
class TypedCut:
    """One date as typed: its instant, confidence, source and note."""

    nature: str
    bound: str
    at: datetime
    confidence: str
    source: str
    note: str


def instant_of(row: Mapping[str, Any], zone: str) -> datetime:
    """The UTC instant of a calendar row."""
    local = datetime.combine(date.fromisoformat(row["day"]), time.fromisoformat(row["hour"]), ZoneInfo(zone))
    return local.astimezone(UTC)


def calendar_row(cut: TypedCut, code: str, zone: str) -> dict[str, Any]:
    """The calendar row of a typed date, in the rule set's own zone."""
    local = cut.at.astimezone(ZoneInfo(zone))
    row = {
        "code": code,
        "nature": cut.nature,
        "bound": cut.bound,
        "day": local.date().isoformat(),
        "hour": local.time().isoformat(),
        "source": cut.source,
        "confidence": cut.confidence,
    }
    return row | ({"note": cut.note} if cut.note else {})


def with_calendar(content: Mapping[str, Any], cuts: Mapping[tuple[str, str], TypedCut]) -> dict[str, Any]:
    """The content with exactly these dates: known ones keep their code and place, new ones come last."""
    rows = []
    known = {(row["nature"], row["bound"]): row["code"] for row in content["calendar"]}
    for key in [*known, *(key for key in cuts if key not in known)]:
        if key in cuts:
            rows.append(calendar_row(cuts[key], known.get(key, "_".join(key)), content["zone"]))
    return {**content, "calendar": rows}


def amount(value: Decimal) -> str:
    """A decimal as the catalogue writes it."""
    return f"{value:.2f}"


def tier_rows(content: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The classes of amount with their place."""
    return enumerate(content["money"].get("tiers", ()))
