"""A rule set as a frozen value: what an order, an installation and a VA are judged by.

Built by ``parse`` from the TOML of the catalogue, whose table names are the field names here. Amounts are ``Decimal``
euros, percentages ``Decimal``; instants are aware, in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

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
class Outage:
    """An incident of ours: a cut-off of ``natures`` that fell in ``[began_at, ended_at)`` becomes ``extended_to``."""

    code: str
    began_at: datetime
    ended_at: datetime
    extended_to: datetime
    natures: frozenset[str]
    description: str
    confidence: str

    def hits(self, nature: str, cutoff: datetime) -> bool:
        """Whether a cut-off fell while the portal was out."""
        return nature in self.natures and self.began_at <= cutoff < self.ended_at


@dataclass(frozen=True)
class RequiredField:
    """A field of the order that must be filled when the order is issued at or after ``since`` (None: always)."""

    field: str
    since: datetime | None
    source: str

    def holds_at(self, at: datetime) -> bool:
        """Whether an order issued at ``at`` must carry it."""
        return self.since is None or at >= self.since


@dataclass(frozen=True)
class Prestation:
    """One Prestation of the programme, for clients who had one in all of ``after`` and in none of ``never_after``."""

    code: str
    label: str
    after: frozenset[str]
    never_after: frozenset[str]
    source: str

    def suits(self, had: frozenset[str]) -> bool:
        """Whether it is the one of a client whose Prestations were done under the programmes ``had``."""
        return self.after <= had and not self.never_after & had


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
class Beneficiary:
    """The ceiling of one client, for one Prestation of the programme (empty: for all of them)."""

    finess: str
    prestation: str
    ceiling_ht: Decimal
    source: str
    confidence: str


@dataclass(frozen=True)
class Money:
    """VAT, shares of advance and balance, ceilings: by class of amount, or by client in a table."""

    vat_percent: Decimal
    vat_overseas: tuple[tuple[frozenset[str], Decimal], ...]
    advance_percent: Decimal
    balance_percent: Decimal
    tiers: tuple[Tier, ...]
    beneficiaries: tuple[Beneficiary, ...] = ()
    vat_confidence: str = "C"
    shares_source: str = ""
    shares_confidence: str = "C"

    def vat_for(self, department: str) -> Decimal:
        """The VAT rate, in percent, of a FINESS department code."""
        for departments, percent in self.vat_overseas:
            if department in departments:
                return percent
        return self.vat_percent

    def ceiling(self) -> Tier | None:
        """The class with the highest ceiling; None for a client that the table of beneficiaries does not know."""
        return max(self.tiers, key=lambda tier: tier.ceiling_ht, default=None)


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
    """One version of a programme's rules; ``applies_from``: its retroactive reach, None from the very beginning."""

    programme: str
    name: str
    funding_call: str
    version: int
    title: str
    source: str
    zone: str
    applies_from: datetime | None
    prestation_label: str
    prestations: tuple[Prestation, ...]
    signature_link_days: int
    eligible_categories: frozenset[str]
    required_fields: tuple[RequiredField, ...]
    calendar: tuple[Milestone, ...]
    outages: tuple[Outage, ...]
    conditional: Conditional
    money: Money
    mentions: Mapping[str, str]
    covered: tuple[str, ...]
    not_covered: tuple[str, ...]
    checklist: tuple[Item, ...]
    certificates: tuple[Item, ...]
    va_statements: tuple[Statement, ...]
    va_reserve_days: int

    @property
    def reference(self) -> str:
        """How documents and the journal name this version, e.g. ``PHA-LGO-Va1 v1``."""
        return f"{self.programme} v{self.version}"

    def milestone(self, nature: str, bound: str) -> Milestone | None:
        """The cut of a nature, or None where the rule set gives none; moved where an outage hit a closing."""
        for milestone in self.calendar:
            if milestone.nature == nature and milestone.bound == bound:
                at = self.extended(nature, milestone.at) if bound == "closes" else milestone.at
                return milestone if at == milestone.at else replace(milestone, at=at)
        return None

    def closes(self, nature: str) -> datetime | None:
        """The instant strictly before which an act of ``nature`` must fall, if any."""
        milestone = self.milestone(nature, "closes")
        return milestone.at if milestone else None

    def extended(self, nature: str, cutoff: datetime) -> datetime:
        """The cut-off of an act of ``nature``, moved when it fell in an outage of ours (the latest, if several)."""
        moved = [outage.extended_to for outage in self.outages if outage.hits(nature, cutoff)]
        return max([cutoff, *moved])

    def required_at(self, at: datetime) -> tuple[str, ...]:
        """The fields that an order issued at ``at`` must carry."""
        return tuple(required.field for required in self.required_fields if required.holds_at(at))

    @property
    def depends_on_client(self) -> bool:
        """Whether the Prestation or the ceiling depends on who the client is."""
        return bool(self.prestations or self.money.beneficiaries)

    def for_client(self, finess: str, had: frozenset[str]) -> RuleSet:
        """These rules as they read for one client, whose Prestations were done under the programmes ``had``.

        The Prestation and the ceiling are the client's own. A client to whom none is due gets an empty label; one
        whom the table of beneficiaries does not know gets no class of amount.
        """
        due = next((p for p in self.prestations if p.suits(had)), None)
        label = self.prestation_label if not self.prestations else due.label if due else ""
        if not self.money.beneficiaries:
            return replace(self, prestation_label=label)
        code = due.code if due else ""
        tiers = tuple(
            Tier(row.prestation, label, Decimal(0), row.ceiling_ht, row.source, row.confidence)
            for row in self.money.beneficiaries
            if row.finess == finess and row.prestation in ("", code)
        )
        return replace(self, prestation_label=label, money=replace(self.money, tiers=tiers))
