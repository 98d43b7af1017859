"""Several orders signed at one go: which ones wait for a person, in all their pharmacies, and each one's signature.

Each order is signed by ``sign_order`` in a transaction of its own: one that is refused stops no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Q, QuerySet

from orders.domain.effects import Signing
from orders.domain.facts import OrderFacts
from orders.domain.lifecycle import ISSUED, LIVE
from orders.domain.rules import signature_verb
from orders.models import Order, Slot
from orders.selectors import visible_to
from orders.services.facts import OBJECT, Reading, order_facts
from orders.services.machines import ORDERS
from orders.services.sign import Consent, sign_order
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership
from portal.common import clock
from portal.common.refusals import Refusal, Refused
from portal.documents.models import Document
from portal.programmes.domain.book import Book
from portal.programmes.selectors import book_for
from portal.registry.domain.referencing import Change
from portal.registry.selectors import histories

AT_ONCE = 50
"""How many orders one page shows; the others follow once these are signed."""

ALONE = Refusal(
    "replaces_another",
    "Ce bon prend la place d’un autre que votre pharmacie a signé : lisez-le et signez-le seul, depuis son dossier.",
)
GONE = Refusal("not_waiting", "Ce bon n’attend plus votre signature : il a été signé, repris ou refusé entre-temps.")
OTHER_WORDS = Refusal(
    "other_words",
    "Le référencement du logiciel a changé depuis que la page a été affichée : relisez ce bon, puis signez-le de "
    "nouveau.",
)


@dataclass(frozen=True)
class Waiting:
    """An issued order and the person who may sign it, as titulaire of its pharmacy. ``refusals``: why not here, now.

    ``right``: the funding slot that heads its family; of two orders with the same one, only one may be signed.
    """

    order: Order
    actor: Actor
    document: Document | None
    conditional: bool
    refusals: tuple[Refusal, ...]
    right: int

    @property
    def sha256(self) -> str:
        """The hash of the document to sign; empty while it is being made."""
        return (self.document.sha256 or "") if self.document else ""


@dataclass(frozen=True)
class Chosen:
    """An order ticked, the document shown, and whether the words agreed to were those of a conditional signature."""

    order_id: UUID
    document_sha256: str
    conditional: bool


@dataclass(frozen=True)
class Named:
    """An order that the person has confirmed their identity for, as the list named it."""

    number: str
    pharmacy: str


@dataclass(frozen=True)
class Outcome:
    """What became of one order: signed, or why not."""

    number: str
    pharmacy: str
    refusals: tuple[Refusal, ...] = ()


def titulaire_actors(memberships: Iterable[Membership], asking: Actor | None = None) -> list[Actor]:
    """One actor for each pharmacy of which the person is titulaire, from where they are ``asking``."""
    own = [Actor.of(one) for one in memberships if one.role == Role.TITULAIRE.value]
    if not asking:  # a request's actor is lazy: it may stand for None without being it
        return own
    request_id, address, agent = asking.request_id, asking.address, asking.agent
    return [replace(actor, request_id=request_id, address=address, agent=agent) for actor in own]


def how_many_wait(actors: Sequence[Actor]) -> int:
    """How many orders are issued to these actors' pharmacies, ``AT_ONCE`` at most."""
    return _issued_to(actors).count() if actors else 0


def waiting_orders(actors: Sequence[Actor]) -> list[Waiting]:
    """The orders that wait for these actors, the oldest limit first, ``AT_ONCE`` at most; the same queries for all."""
    by_tenant, now = {actor.tenant: actor for actor in actors}, clock.business_now()
    orders = list(_issued_to(actors)) if actors else []
    documents, holders = _documents(orders), _holders(orders)
    books: dict[str, Book] = {}
    changes: dict[str, Mapping[UUID, Sequence[Change]]] = {}
    found = []
    for order in orders:
        code, actor = order.programme_id, by_tenant[order.pharmacy.organisation_id or UUID(int=0)]
        book = books.setdefault(code, books.get(code) or book_for(code, now))
        known = changes.setdefault(code, changes.get(code) or histories(code))
        document = documents.get(str(order.pk))
        reading = Reading(
            order,
            now,
            book=book,
            changes=known.get(order.software_version_id, ()),
            documents=[document] if document else [],
            held=holders.get(_head(order), []),
        )
        found.append(_waiting(order, actor, document, order_facts(order, actor, now, reading)))
    return found


def sign_each(
    chosen: Sequence[Chosen], waiting: Sequence[Waiting], named: Mapping[UUID, Named], user_id: int
) -> list[Outcome]:
    """Sign the orders, whose consent was given, one after the other; each stands or falls alone.

    ``waiting``: what waits for the person now. ``named``: what was in their list: of these, one that waits no more is
    told. Any other order is as if it had not been asked for.
    """
    known = {one.order.pk: one for one in waiting}
    outcomes = []
    for one in chosen:
        if one.order_id in known:
            outcomes.append(_sign_one(one, known[one.order_id]))
        elif one.order_id in named:
            outcomes.append(_gone(one.order_id, named[one.order_id], user_id))
    return outcomes


def _gone(order_id: UUID, name: Named, user_id: int) -> Outcome:
    """Signed by the same person (a second click), or not to be signed any more."""
    done = Order.objects.filter(pk=order_id, signed_by=user_id, state__in=LIVE).exists()
    return Outcome(name.number, name.pharmacy, () if done else (GONE,))


def _sign_one(chosen: Chosen, found: Waiting) -> Outcome:
    told = found.order.number, found.order.pharmacy.name
    if found.refusals:
        return Outcome(*told, found.refusals)
    if found.conditional and not chosen.conditional:
        return Outcome(*told, (OTHER_WORDS,))
    try:
        sign_order(
            order_id=found.order.pk,
            actor=found.actor,
            consent=Consent(given=True, document_sha256=chosen.document_sha256),
        )
    except Refused as refused:
        return Outcome(*told, tuple(refused.refusals))
    return Outcome(*told)


def _issued_to(actors: Sequence[Actor]) -> QuerySet[Order]:
    """Every tenant's own by the selector that scopes all pages, in one query."""
    mine = visible_to(actors[0])
    for actor in actors[1:]:
        mine = mine | visible_to(actor)
    issued = mine.filter(state=ISSUED).select_related("slot", "origin")
    return issued.order_by("expires_at", "number")[:AT_ONCE]


def _documents(orders: Sequence[Order]) -> dict[str, Document]:
    """The last valid document of each."""
    keys = [str(order.pk) for order in orders]
    found = Document.objects.filter(kind="order", subject_type=OBJECT, subject_id__in=keys, voided_at=None)
    return {document.subject_id: document for document in found.order_by("revision")}


def _head(order: Order) -> int:
    return order.slot.merged_into_id or order.slot.pk


def _holders(orders: Sequence[Order]) -> dict[int, list[Slot]]:
    """The slots in use of each order's family, by its head."""
    heads = {_head(order) for order in orders}
    used = Slot.objects.filter(Q(pk__in=heads) | Q(merged_into__in=heads), holder__isnull=False)
    found: dict[int, list[Slot]] = {}
    for slot in used.select_related("holder__supplier").order_by("pk"):
        found.setdefault(slot.merged_into_id or slot.pk, []).append(slot)
    return found


def _waiting(order: Order, actor: Actor, document: Document | None, facts: OrderFacts) -> Waiting:
    refusals = ORDERS.guards[signature_verb(facts)](facts)
    if not refusals and facts.holder is not None and not facts.holder.is_this_order:
        refusals = [ALONE]
    conditional = facts.signing is not Signing.FIRM
    return Waiting(order, actor, document, conditional, tuple(refusals), _head(order))
