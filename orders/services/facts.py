"""Reading the facts of an order or an installation, inside the lock of the executor or for a page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

from orders.domain.course import Course
from orders.domain.facts import Content, HolderFacts, InstallationFacts, OrderFacts, PharmacyFacts
from orders.domain.lifecycle import DRAFT, ISSUED, LIVE, REPLACED, SIGNED, SIGNED_CONDITIONAL
from orders.models import Installation, InstallationReserve, Objection, Order, Slot
from orders.services.prestation import rules_for_book, rules_for_order
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.common.money import Triple
from portal.documents.models import Document
from portal.documents.selectors import latest
from portal.programmes.domain.book import Book
from portal.programmes.domain.ruleset import RuleSet
from portal.programmes.selectors import book_for
from portal.registry.domain.referencing import Change
from portal.registry.models import Pharmacy
from portal.registry.selectors import history, titulaires_of

OBJECT = "orders_order"


def current_rules(order: Order, now: datetime) -> RuleSet:
    """The rules by which an act of ``now`` is judged, as they read for the order's client."""
    return rules_for_order(order, now)


class Reading:
    """One order with what surrounds it, each read at most once.

    The executor makes a fresh one inside its lock; a page shares one among all its checks and may give it what it
    has read already. Each fact is read only in the states whose rules ask for it.
    """

    def __init__(
        self,
        order: Order,
        now: datetime,
        *,
        book: Book | None = None,
        changes: Sequence[Change] | None = None,
        documents: Sequence[Document] | None = None,
        reserves: Sequence[InstallationReserve] | None = None,
        held: Sequence[Slot] | None = None,
    ) -> None:
        self.order, self.now = order, now
        self._book, self._changes, self._documents, self._reserves = book, changes, documents, reserves
        self._held = held

    @cached_property
    def book(self) -> Book:
        """Every version of the rules known now."""
        return self._book or book_for(self.order.programme_id, self.now)

    @cached_property
    def rules(self) -> RuleSet:
        """The rules of the day, as they read for the order's client."""
        return rules_for_book(self.order, self.book, self.now)

    @cached_property
    def changes(self) -> Sequence[Change]:
        """The référencement history of the software."""
        if self._changes is not None:
            return self._changes
        return history(self.order.programme_id, self.order.software_version_id)

    @cached_property
    def installation(self) -> Installation | None:
        """The installation, once the order is signed."""
        if "installation" in self.order._state.fields_cache:
            return self.order._state.fields_cache["installation"]  # type: ignore[no-any-return]
        return Installation.objects.filter(order=self.order).first()

    @cached_property
    def titulaire_known(self) -> bool:
        """Whether somebody could sign; asked for by the issue."""
        return self.order.state != DRAFT or titulaires_of(self.order.pharmacy, self.now).exists()

    @cached_property
    def document_ready(self) -> bool:
        """Whether the document to sign exists; asked for by the signature."""
        return self.order.state == ISSUED and self.ready("order", OBJECT, str(self.order.pk))

    @cached_property
    def open_reserves(self) -> int:
        """How many reserves are open on the installation."""
        if self._reserves is not None:
            return sum(reserve.lifted_at is None for reserve in self._reserves)
        return self.installation.reserves.filter(lifted_at=None).count() if self.installation else 0

    @cached_property
    def holder(self) -> HolderFacts | None:
        """The order that holds the right of the pharmacy's lineage, this one aside where another one does.

        Where a merger left two rights in use, the one of the order's own slot comes first: the other is kept.
        """
        held = self._held
        if held is None:
            family = Slot.objects.family_of(self.order.slot_id).filter(holder__isnull=False)
            held = list(family.select_related("holder__supplier"))
        slots = sorted(
            held,
            key=lambda slot: (slot.holder_id == self.order.pk, slot.pk != self.order.slot_id, slot.pk),
        )
        found = slots[0].holder if slots else None
        if found is None:
            return None
        return HolderFacts(
            is_this_order=found.pk == self.order.pk,
            supplier_name=found.supplier.name,
            signed_at=found.signed_at,
            order_id=str(found.pk),
            number=found.number,
            replaceable=found.state in SIGNED,
        )

    def ready(self, kind: str, subject_type: str, subject_id: str) -> bool:
        """Whether the last valid document of a kind is rendered."""
        if self._documents is None:
            document = latest(kind, subject_type, subject_id)
        else:
            mine = [
                d
                for d in self._documents
                if (d.kind, d.subject_type, d.subject_id, d.voided_at) == (kind, subject_type, subject_id, None)
            ]
            document = max(mine, key=lambda d: d.revision, default=None)
        return document is not None and document.sha256 is not None


def content_of(order: Order) -> Content:
    """What the order says."""
    return Content(
        client_name=order.client_name,
        client_responsible=order.client_responsible,
        client_phone=order.client_phone,
        client_email=order.client_email,
        administrator_name=order.administrator_name,
        administrator_status=order.administrator_status,
        administrator_card=order.administrator_card,
        administrator_phone=order.administrator_phone,
        administrator_email=order.administrator_email,
        amounts=Triple(order.amount_ht, order.amount_vat, order.amount_ttc),
        vat_percent=order.vat_percent,
        state_amount=order.state_amount,
        installation_scenario=order.installation_scenario,
        has_personal_mailbox=order.has_personal_mailbox,
        personal_operator=order.personal_operator,
        has_organisation_mailbox=order.has_organisation_mailbox,
        organisation_operator=order.organisation_operator,
    )


def pharmacy_facts(pharmacy: Pharmacy) -> PharmacyFacts:
    """The pharmacy as the registry knows it."""
    return PharmacyFacts(
        finess=pharmacy.finess,
        category=pharmacy.category,
        department=pharmacy.department,
        closed=pharmacy.closed_on is not None,
    )


def order_facts(order: Order, actor: Actor, now: datetime, reading: Reading | None = None) -> OrderFacts:
    """Everything the order's guards need."""
    reading = reading or Reading(order, now)
    return OrderFacts(
        now=now,
        state=str(order.state),
        actor_role=actor.role,
        rules=reading.rules,
        content=content_of(order),
        pharmacy=pharmacy_facts(order.pharmacy),
        titulaire_known=reading.titulaire_known,
        holder=reading.holder if order.state not in (DRAFT, *LIVE) else None,
        document_ready=reading.document_ready,
        cancel_asked_by=order.cancel_asked_by,
        course=order_course(order, actor, reading),
        book=reading.book,
        counted_at=counted_at(order, now),
        stored_limit=order.expires_at if order.state == ISSUED else order.conditional_until,
        origin_ended=_origin_ended(order),
        restorable=Objection.objects.filter(order=order, outcome="upheld").exists()
        if order.state == REPLACED
        else False,
    )


def order_course(order: Order, actor: Actor, reading: Reading) -> Course:
    """What decides the order's fate; people's acts ask for the référencement only until the order is firm."""
    by_person = actor.role is not Role.SYSTEM
    installation = reading.installation if order.signed_at else None
    holder = reading.holder if order.state not in (DRAFT, *LIVE) and not by_person else None
    asks = order.state in (DRAFT, ISSUED, SIGNED_CONDITIONAL) or not by_person
    return Course(
        state=str(order.state),
        end_reason=order.end_reason,
        issued_at=order.issued_at,
        counts_from=order.counts_from,
        conditional=order.conditional_until is not None,
        affirmed=order.affirmed_at is not None,
        changes=tuple(reading.changes) if asks else (),
        installed_at=installation.installed_at if installation else None,
        va_signed_at=installation.va_signed_at if installation else None,
        pharmacy_closed=order.pharmacy.closed_on is not None,
        rival=holder is not None and not holder.is_this_order,
    )


def _origin_ended(order: Order) -> bool:
    """Whether the order that a successor is to take over is no longer under way."""
    takes_over = order.state == ISSUED and order.origin_kind == "transfer"
    return takes_over and order.origin is not None and order.origin.state not in SIGNED


def counted_at(order: Order, now: datetime) -> datetime:
    """When a signature of now would count from: the first signature of an order taken over by a successor."""
    if order.origin_kind == "transfer" and order.origin and order.origin.counts_from:
        return order.origin.counts_from
    return now


def installation_facts(
    installation: Installation, actor: Actor, now: datetime, reading: Reading | None = None
) -> InstallationFacts:
    """Everything the installation's guards need."""
    order = installation.order
    reading = reading or Reading(order, now)
    return InstallationFacts(
        now=now,
        rules=reading.rules,
        order_state=str(order.state),
        order_signed_at=order.signed_at,
        planned_for=installation.planned_for,
        installed_at=installation.installed_at,
        open_reserves=reading.open_reserves,
        va_open=installation.va_state in ("to_sign", "signed_with_reserves", "signed"),
    )
