"""The frozen facts that the rules of orders and installations judge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from orders.domain.course import Course
from orders.domain.effects import EFFECTS, Signing
from portal.accounts.domain.roles import Role
from portal.common.money import Triple
from portal.programmes.domain.book import Book
from portal.programmes.domain.ruleset import RuleSet
from portal.registry.domain.referencing import Status, status_at


@dataclass(frozen=True)
class PharmacyFacts:
    """The pharmacy as the registry knows it at the instant of the act."""

    finess: str
    category: str
    department: str
    closed: bool


@dataclass(frozen=True)
class HolderFacts:
    """The order that already holds the funding slot of the lineage; ``replaceable`` while it is not realised."""

    is_this_order: bool
    supplier_name: str
    signed_at: datetime | None
    order_id: str = ""
    number: str = ""
    replaceable: bool = False


@dataclass(frozen=True)
class Content:
    """What an order says, as typed by the supplier (blank strings where nothing was typed)."""

    client_name: str
    client_responsible: str
    client_phone: str
    client_email: str
    administrator_name: str
    administrator_status: str
    administrator_card: str
    administrator_phone: str
    administrator_email: str
    amounts: Triple
    vat_percent: Decimal
    state_amount: Decimal
    installation_scenario: str
    has_personal_mailbox: bool | None
    personal_operator: str
    has_organisation_mailbox: bool | None
    organisation_operator: str


@dataclass(frozen=True)
class OrderFacts:
    """Everything that decides what may be done with one order at ``now``."""

    now: datetime
    state: str
    actor_role: Role
    rules: RuleSet
    content: Content
    pharmacy: PharmacyFacts
    titulaire_known: bool
    holder: HolderFacts | None
    document_ready: bool
    cancel_asked_by: str
    course: Course
    book: Book
    counted_at: datetime
    """The instant at which a signature of now would count: the first one's, where the order is taken over."""
    stored_limit: datetime | None = None
    restorable: bool = False
    origin_ended: bool = False

    @property
    def status(self) -> Status:
        """The status of the software's référencement now."""
        return status_at(self.course.changes, self.now, self.now)

    @property
    def signing(self) -> Signing:
        """How the order may be signed now."""
        return EFFECTS[self.status].signing


@dataclass(frozen=True)
class InstallationFacts:
    """Everything that decides what may be done with one installation at ``now``."""

    now: datetime
    rules: RuleSet
    order_state: str
    order_signed_at: datetime | None
    planned_for: datetime | None
    installed_at: datetime | None
    open_reserves: int
    va_open: bool
