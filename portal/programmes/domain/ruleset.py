"""A rule set as a frozen value: what an order, an installation and a VA are judged by.

Built from the TOML of the catalogue, whose table names are the field names here. Amounts are ``Decimal`` euros,
percentages ``Decimal``; instants are aware, in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

NATURES = ("signature", "installation", "va", "deposit_advance", "deposit_balance", "deposit_proofs")
BOUNDS = ("opens", "closes")
CONFIDENCES = ("C", "P", "U")


class BadRuleSet(ValueError):
    """The content of a rule set cannot be read: says which key and why."""


@dataclass(frozen=True)
class Milestone:
    """One dated cut: an act of ``nature`` must fall at or after ``at`` (opens) or strictly before it (closes)."""

    code: str
    nature: str
    bound: str
    at: datetime
    source: str
    confidence: str
    note: str

    @property
    def certain(self) -> bool:
        """False where a user must see « à confirmer »."""
        return self.confidence == "C"


@dataclass(frozen=True)
class Tier:
    """A class of amount: the funded HT amount lies in ``[floor_ht, ceiling_ht]``."""

    code: str
    label: str
    floor_ht: Decimal
    ceiling_ht: Decimal
    source: str
    confidence: str


@dataclass(frozen=True)
class Money:
    """VAT, shares of advance and balance, ceilings."""

    vat_percent: Decimal
    vat_overseas: tuple[tuple[frozenset[str], Decimal], ...]
    advance_percent: Decimal
    balance_percent: Decimal
    tiers: tuple[Tier, ...]

    def vat_for(self, department: str) -> Decimal:
        """The VAT rate, in percent, of a FINESS department code."""
        for departments, percent in self.vat_overseas:
            if department in departments:
                return percent
        return self.vat_percent


@dataclass(frozen=True)
class Conditional:
    """The conditional branch: calendar days to complete the dossier, and the window that is only shown."""

    limit_days: int
    window_from: date
    window_to: date
    window_source: str
    note: str


@dataclass(frozen=True)
class Statement:
    """One box of the VA."""

    code: str
    heading: str
    text: str


@dataclass(frozen=True)
class Item:
    """One line of a checklist or one certificate kind."""

    code: str
    label: str


@dataclass(frozen=True)
class RuleSet:
    """One published version of a programme's rules."""

    programme: str
    name: str
    funding_call: str
    version: int
    title: str
    source: str
    prestation_label: str
    signature_link_days: int
    eligible_categories: frozenset[str]
    calendar: tuple[Milestone, ...]
    conditional: Conditional
    money: Money
    mentions: Mapping[str, str]
    covered: tuple[str, ...]
    not_covered: tuple[str, ...]
    checklist: tuple[Item, ...]
    certificates: tuple[Item, ...]
    va_statements: tuple[Statement, ...]
    va_reserve_days: int
    applies_from: datetime | None = None
    """Start of the acts that this version judges (half-open); None: every act."""

    @property
    def reference(self) -> str:
        """How documents and the journal name this version, e.g. ``PHA-LGO-Va1 v1``."""
        return f"{self.programme} v{self.version}"

    def milestone(self, nature: str, bound: str) -> Milestone | None:
        """The cut of a nature, or None where the rule set gives none."""
        for milestone in self.calendar:
            if milestone.nature == nature and milestone.bound == bound:
                return milestone
        return None

    def closes(self, nature: str) -> datetime | None:
        """The instant strictly before which an act of ``nature`` must fall, if any."""
        milestone = self.milestone(nature, "closes")
        return milestone.at if milestone else None


def parse(content: Mapping[str, Any]) -> RuleSet:
    """Read the content of a rule set. Raises ``BadRuleSet`` naming what is wrong."""
    try:
        return _parse(content)
    except KeyError as error:
        raise BadRuleSet(f"clé manquante : {error}") from error
    except (TypeError, ValueError, ArithmeticError) as error:
        raise BadRuleSet(str(error)) from error


def _parse(content: Mapping[str, Any]) -> RuleSet:
    zone = ZoneInfo(content["zone"])
    return RuleSet(
        programme=content["programme"],
        name=content["name"],
        funding_call=content["funding_call"],
        version=int(content["version"]),
        title=content["title"],
        source=content["source"],
        prestation_label=content["prestation_label"],
        signature_link_days=int(content["signature_link_days"]),
        eligible_categories=frozenset(content["eligible_categories"]),
        calendar=tuple(_milestone(row, zone) for row in content["calendar"]),
        conditional=_conditional(content["conditional"]),
        money=_money(content["money"]),
        mentions={key: str(text) for key, text in content["mentions"].items()},
        covered=tuple(content["coverage"]["covered"]),
        not_covered=tuple(content["coverage"]["not_covered"]),
        checklist=tuple(Item(row["code"], row["label"]) for row in content["checklist"]),
        certificates=tuple(Item(row["code"], row["label"]) for row in content["certificates"]),
        va_statements=tuple(Statement(r["code"], r["heading"], r["text"]) for r in content["va_statements"]),
        va_reserve_days=int(content["va"]["reserve_days"]),
        applies_from=_reach(content.get("applies_from")),
    )


def _reach(text: str | None) -> datetime | None:
    if not text:
        return None
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise BadRuleSet(f"applies_from = {text!r} : indiquez le fuseau horaire")
    return instant.astimezone(UTC)


def _milestone(row: Mapping[str, Any], zone: ZoneInfo) -> Milestone:
    for key, allowed in (("nature", NATURES), ("bound", BOUNDS), ("confidence", CONFIDENCES)):
        if row[key] not in allowed:
            raise BadRuleSet(f"{row['code']}.{key} = {row[key]!r} : attendu {', '.join(allowed)}")
    local = datetime.combine(date.fromisoformat(row["day"]), time.fromisoformat(row["hour"]), zone)
    return Milestone(
        code=row["code"],
        nature=row["nature"],
        bound=row["bound"],
        at=local.astimezone(UTC),
        source=row["source"],
        confidence=row["confidence"],
        note=row.get("note", ""),
    )


def _conditional(row: Mapping[str, Any]) -> Conditional:
    return Conditional(
        limit_days=int(row["limit_days"]),
        window_from=date.fromisoformat(row["window_from"]),
        window_to=date.fromisoformat(row["window_to"]),
        window_source=row["window_source"],
        note=row["note"],
    )


def _money(row: Mapping[str, Any]) -> Money:
    tiers = tuple(
        Tier(t["code"], t["label"], Decimal(t["floor_ht"]), Decimal(t["ceiling_ht"]), t["source"], t["confidence"])
        for t in row["tiers"]
    )
    if any(t.floor_ht > t.ceiling_ht or t.floor_ht < 0 for t in tiers) or not tiers:
        raise BadRuleSet("money.tiers : un plancher dépasse son plafond, ou aucune classe n’est donnée")
    advance, balance = Decimal(row["advance_percent"]), Decimal(row["balance_percent"])
    if advance + balance != 100:
        raise BadRuleSet("money : avance et solde doivent faire 100 %")
    return Money(
        vat_percent=Decimal(row["vat_percent"]),
        vat_overseas=tuple((frozenset(v["departments"]), Decimal(v["percent"])) for v in row["vat_overseas"]),
        advance_percent=advance,
        balance_percent=balance,
        tiers=tiers,
    )
