"""The rules as they read for one client: its Prestation and its ceiling, where they depend on who it is."""

from __future__ import annotations

from datetime import datetime

from orders.domain.lifecycle import DRAFT
from orders.models import Order
from portal.programmes.domain.book import Book
from portal.programmes.domain.ruleset import RuleSet
from portal.programmes.selectors import book_for, rules_of
from portal.registry.models import Pharmacy


def prestations_had(pharmacy: Pharmacy, at: datetime) -> frozenset[str]:
    """The programmes under which a Prestation was done for the pharmacy's lineage before ``at``."""
    done = Order.objects.filter(slot__lineage=pharmacy.lineage_id, realised_at__lt=at)
    return frozenset(done.order_by().values_list("programme", flat=True).distinct())


def rules_for_client(rules: RuleSet, pharmacy: Pharmacy, at: datetime) -> RuleSet:
    """``rules`` for a client as its history stood at ``at``; nothing is read where they are the same for everybody."""
    if not rules.depends_on_client:
        return rules
    return rules.for_client(pharmacy.finess, prestations_had(pharmacy, at))


def rules_for_order(order: Order, now: datetime) -> RuleSet:
    """The rules by which an act of ``now`` is judged, for the order's client as it stood when the order was issued."""
    return rules_for_book(order, book_for(order.programme_id, now), now)


def rules_for_book(order: Order, book: Book, now: datetime) -> RuleSet:
    """The same from a book already read."""
    return rules_for_client(book.at(now), order.pharmacy, _history_at(order, now))


def pinned_rules(order: Order, now: datetime) -> RuleSet:
    """The rules that the order pins, which its documents print, for its client."""
    return rules_for_client(rules_of(order.rule_set), order.pharmacy, _history_at(order, now))


def _history_at(order: Order, now: datetime) -> datetime:
    return order.issued_at if order.issued_at and order.state != DRAFT else now
