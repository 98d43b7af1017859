"""What is due on an order and why: computed from frozen facts and the rule set, never stored as truth, never edited.

A limit is exclusive: the act falls strictly before ``due_at``. Where ``due_at`` opens a day of Paris, the day before it
is the last one included.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache

from orders.domain.course import Course, complete_in_time, limit_of
from orders.domain.lifecycle import FAILED, IN_PROGRESS, INSTALLED, ISSUED, PLANNED, SIGNED, SIGNED_CONDITIONAL, TO_PLAN
from orders.domain.limits import closing_decides, french_day, link_expiry, paris_hour
from portal.common.clock import PARIS, end_of_paris_day, last_day_before
from portal.programmes.domain.book import Book
from portal.programmes.domain.ruleset import Milestone, RuleSet

SUPPLIER, PHARMACY = "supplier", "pharmacy"
HOUSE = "règle de gestion du portail"


class Kind(StrEnum):
    """What has to be done by then; the codes are stable."""

    SIGNATURE = "signature"
    REFERENCING = "referencing"
    PLANNED = "planned"
    INSTALLATION = "installation"
    INSTALLATION_RESERVE = "installation_reserve"
    VA = "va"
    VA_RESERVE = "va_reserve"
    DEPOSIT_ADVANCE = "deposit_advance"
    DEPOSIT_BALANCE = "deposit_balance"


@dataclass(frozen=True)
class Words:
    """What a kind is called, and what the side that acts has to do (an infinitive, in lower case)."""

    label: str
    supplier: str = ""
    pharmacy: str = ""


WORDS: dict[Kind, Words] = {
    Kind.SIGNATURE: Words("Signature de la commande", pharmacy="lire le bon de commande, puis le signer ou le refuser"),
    Kind.REFERENCING: Words(
        "Dossier de référencement complet", supplier="compléter le dossier de référencement du logiciel auprès de l’ANS"
    ),
    Kind.PLANNED: Words("Installation planifiée", supplier="installer le logiciel, former l’équipe, puis le déclarer"),
    Kind.INSTALLATION: Words("Installation à faire", supplier="planifier l’installation, la faire et la déclarer"),
    Kind.INSTALLATION_RESERVE: Words(
        "Réserve d’installation à lever", supplier="régler le point relevé, puis lever la réserve"
    ),
    Kind.VA: Words("VA à signer", supplier="préparer la VA ou lever ses réserves", pharmacy="vérifier et signer la VA"),
    Kind.VA_RESERVE: Words(
        "Réserve de la VA", supplier="régler le point refusé, puis lever la réserve", pharmacy="signer le point levé"
    ),
    Kind.DEPOSIT_ADVANCE: Words(
        "Dépôt des demandes d’avance", supplier="déposer la demande d’avance des commandes fermes"
    ),
    Kind.DEPOSIT_BALANCE: Words(
        "Dépôt des demandes de solde", supplier="déposer la demande de solde des Prestations réalisées"
    ),
}


def task_of(kind: Kind, owner: str) -> str:
    """What the side that acts has to do."""
    return WORDS[kind].supplier if owner == SUPPLIER else WORDS[kind].pharmacy


@dataclass(frozen=True)
class Fact:
    """One dated fact that a date was computed from."""

    label: str
    at: datetime


@dataclass(frozen=True)
class Rule:
    """Where a date comes from: its source and its confidence (C certain, P probable, U unknown)."""

    source: str
    confidence: str
    note: str = ""

    @property
    def certain(self) -> bool:
        """False where a user must see « à confirmer »."""
        return self.confidence == "C"


@dataclass(frozen=True)
class Deadline:
    """One thing to do before ``due_at``. ``since`` is when it arose, ``owner`` the side that acts next."""

    kind: Kind
    subject: str
    due_at: datetime
    since: datetime
    owner: str
    computed_from: tuple[Fact, ...]
    rule: Rule
    reason: str

    @property
    def label(self) -> str:
        """What is due, in French."""
        return WORDS[self.kind].label

    @property
    def task(self) -> str:
        """What whoever acts has to do, in French."""
        return task_of(self.kind, self.owner)

    @property
    def why(self) -> str:
        """« Pourquoi cette date », in one French sentence: the count, the source, the doubt."""
        doubt = "" if self.rule.certain else " ; à confirmer"
        return f"{self.reason} ; source : {self.rule.source}{doubt}."


@dataclass(frozen=True)
class ReserveDates:
    """An open reserve: due on the day ``due_on``, included; ``lifted`` waits for the pharmacist alone (VA only)."""

    key: str
    raised_at: datetime
    due_on: date
    lifted: bool = False


@dataclass(frozen=True)
class OrderDates:
    """The facts of one order that its deadlines depend on: its course, and what its installation adds."""

    subject: str
    course: Course
    signed_at: datetime | None = None
    installation_state: str = ""
    planned_for: datetime | None = None
    va_state: str = ""
    reserves: tuple[ReserveDates, ...] = ()
    va_reserves: tuple[ReserveDates, ...] = ()


@dataclass(frozen=True)
class SupplierDates:
    """The facts of a supplier's own deadlines: its first firm order and its first realised one."""

    subject: str
    firm_since: datetime | None
    realised_since: datetime | None


def order_deadlines(facts: OrderDates, book: Book, now: datetime) -> list[Deadline]:
    """Everything due on an order in its present state, soonest first; nothing once it has ended."""
    rules = book.at(now)
    found = [
        *_signature(facts, rules),
        *_referencing(facts, book, now),
        *_installation(facts, rules),
        *_va(facts, rules),
    ]
    return sorted(found, key=lambda deadline: (deadline.due_at, deadline.kind, deadline.subject))


def supplier_deadlines(facts: SupplierDates, rules: RuleSet, now: datetime) -> list[Deadline]:
    """The deposits that are the supplier's own, while they may still be made."""
    wanted = (
        (Kind.DEPOSIT_ADVANCE, facts.firm_since, "Première commande ferme"),
        (Kind.DEPOSIT_BALANCE, facts.realised_since, "Première Prestation réalisée"),
    )
    found = []
    for kind, since, label in wanted:
        closes = rules.milestone(kind, "closes")
        if closes is not None and since is not None and now < closes.at:
            found.append(_by_closing(kind, facts.subject, closes, SUPPLIER, Fact(label, since)))
    return found


def _signature(facts: OrderDates, rules: RuleSet) -> Iterator[Deadline]:
    issued_at = facts.course.issued_at
    if facts.course.state != ISSUED or issued_at is None:
        return
    issued = Fact("Émission de la commande", issued_at)
    closes = rules.milestone("signature", "closes")
    if closes is not None and closing_decides(issued_at, rules):
        yield _by_closing(Kind.SIGNATURE, facts.subject, closes, PHARMACY, issued)
        return
    due_at = link_expiry(issued_at, rules)
    counted = _counted(rules.signature_link_days, "l’émission", issued_at)
    yield Deadline(Kind.SIGNATURE, facts.subject, due_at, issued_at, PHARMACY, (issued,), Rule(HOUSE, "P"), counted)


def _referencing(facts: OrderDates, book: Book, now: datetime) -> Iterator[Deadline]:
    limit, counts_from = limit_of(facts.course, book), facts.course.counts_from
    if facts.course.state != SIGNED_CONDITIONAL or limit is None or counts_from is None:
        return
    if complete_in_time(facts.course, book, now):
        return
    rules = book.at(counts_from)
    signed, since = Fact("Signature de la commande", counts_from), facts.signed_at or counts_from
    desk = rules.milestone("deposit_proofs", "closes")
    if desk is not None and desk.at == limit:
        yield _by_closing(Kind.REFERENCING, facts.subject, desk, SUPPLIER, signed, since)
        return
    rule = Rule("S, mention « Bon de commande conditionné »", "P", rules.conditional.note)
    counted = _counted(rules.conditional.limit_days, "la signature", counts_from)
    yield Deadline(Kind.REFERENCING, facts.subject, limit, since, SUPPLIER, (signed,), rule, counted)


def _installation(facts: OrderDates, rules: RuleSet) -> Iterator[Deadline]:
    if facts.course.state not in SIGNED or facts.signed_at is None:
        return
    signed = Fact("Signature de la commande", facts.signed_at)
    closes = rules.milestone("installation", "closes")
    if facts.installation_state in (TO_PLAN, PLANNED, IN_PROGRESS, FAILED) and closes is not None:
        yield _by_closing(Kind.INSTALLATION, facts.subject, closes, SUPPLIER, signed)
    if facts.installation_state in (PLANNED, IN_PROGRESS) and facts.planned_for is not None:
        rule = Rule("date convenue entre le fournisseur et la pharmacie", "C")
        reason = f"Installation planifiée par le fournisseur pour le {french_day(facts.planned_for)}"
        agreed = (Fact("Date planifiée", facts.planned_for),)
        yield Deadline(Kind.PLANNED, facts.subject, facts.planned_for, facts.signed_at, SUPPLIER, agreed, rule, reason)
    if facts.installation_state == INSTALLED:
        for reserve in facts.reserves:
            yield _reserve(Kind.INSTALLATION_RESERVE, reserve, SUPPLIER, "Date fixée à la pose de la réserve")


def _va(facts: OrderDates, rules: RuleSet) -> Iterator[Deadline]:
    installed_at = facts.course.installed_at
    if facts.course.state not in SIGNED or facts.installation_state != INSTALLED or installed_at is None:
        return
    if facts.va_state == "signed_with_reserves":
        for reserve in facts.va_reserves:
            owner = PHARMACY if reserve.lifted else SUPPLIER
            yield _reserve(
                Kind.VA_RESERVE,
                reserve,
                owner,
                f"{rules.va_reserve_days} jours calendaires à compter du refus du point",
            )
    closes = rules.milestone("va", "closes")
    if closes is not None and facts.va_state not in ("signed", "signed_late"):
        owner = PHARMACY if facts.va_state == "to_sign" or _only_lifted(facts) else SUPPLIER
        yield _by_closing(Kind.VA, facts.subject, closes, owner, Fact("Installation", installed_at))


def _only_lifted(facts: OrderDates) -> bool:
    return facts.va_state == "signed_with_reserves" and all(reserve.lifted for reserve in facts.va_reserves)


def _reserve(kind: Kind, reserve: ReserveDates, owner: str, reason: str) -> Deadline:
    raised = Fact("Réserve posée", reserve.raised_at)
    reason = f"{reason}, le {french_day(reserve.raised_at)}"
    due_at = end_of_paris_day(reserve.due_on)
    return Deadline(kind, reserve.key, due_at, reserve.raised_at, owner, (raised,), Rule(HOUSE, "P"), reason)


_CLOSINGS = {
    Kind.SIGNATURE: "Clôture des signatures",
    Kind.REFERENCING: "Clôture du guichet des preuves",
    Kind.INSTALLATION: "Clôture des installations",
    Kind.VA: "Clôture des signatures de VA",
    Kind.DEPOSIT_ADVANCE: "Clôture des dépôts d’avance",
    Kind.DEPOSIT_BALANCE: "Clôture des dépôts de solde",
}


def _by_closing(
    kind: Kind, subject: str, closes: Milestone, owner: str, arose: Fact, since: datetime | None = None
) -> Deadline:
    reason, rule, closing = _of_closing(kind, closes)
    return Deadline(kind, subject, closes.at, since or arose.at, owner, (arose, closing), rule, reason)


@lru_cache(maxsize=256)
def _of_closing(kind: Kind, closes: Milestone) -> tuple[str, Rule, Fact]:
    """What nine thousand orders that end at one closing have in common."""
    reason = f"{_CLOSINGS[kind]} le {french_day(closes.at)} à {paris_hour(closes.at)}"
    return reason, Rule(closes.source, closes.confidence, closes.note), Fact(_CLOSINGS[kind], closes.at)


def _counted(days: int, start: str, instant: datetime) -> str:
    return f"{days} jours calendaires à compter de {start} du {french_day(instant)}, jour {days} inclus"


def last_day(deadline: Deadline) -> date:
    """The last calendar day of Paris on which the act is still in time (an agreed date: that day)."""
    if deadline.kind is Kind.PLANNED:
        return deadline.due_at.astimezone(PARIS).date()
    return last_day_before(deadline.due_at)
