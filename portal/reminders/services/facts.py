"""Reading the dated facts of many orders at once: a few queries whatever their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Min, Q, QuerySet
from django.db.models.functions import Coalesce

from attestations.models import Reserve
from orders.domain.course import Course
from orders.domain.deadlines import OrderDates, ReserveDates, SupplierDates
from orders.domain.lifecycle import FIRM, INSTALLED, ISSUED, REALISED, SIGNED, SIGNED_CONDITIONAL
from orders.models import InstallationReserve, Order
from portal.programmes.domain.book import Book
from portal.programmes.selectors import book_for
from portal.registry.domain.referencing import Change
from portal.registry.models import DistributorMandate, Supplier
from portal.registry.selectors import histories
from portal.reminders.domain.cadence import Parties

OPEN = (ISSUED, *SIGNED)
"""The states of an order in which something may be due."""
_DATES = ("state", "issued_at", "counts_from", "signed_at")
_WORKS = ("state", "planned_for", "installed_at", "va_state")
_PLACES = (
    "supplier_id",
    "distributor_id",
    "supplier__organisation_id",
    "distributor__organisation_id",
    "pharmacy__organisation_id",
)
_COLUMNS = (
    "pk",
    "number",
    "pharmacy__name",
    "programme_id",
    "software_version_id",
    *_DATES,
    *(f"installation__{name}" for name in _WORKS),
    *_PLACES,
)


@dataclass(frozen=True)
class OrderRow:
    """One order: its dates, its programme, and the places around it (``parties_of`` tells whom to write to)."""

    pk: UUID
    programme: str
    number: str
    pharmacy_name: str
    dates: OrderDates
    places: Mapping[str, UUID | None]


class Surroundings:
    """What holds for every order at ``now``, each part read once when first asked for."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._books: dict[str, Book] = {}
        self._histories: dict[str, dict[UUID, tuple[Change, ...]]] = {}

    def book(self, programme: str) -> Book:
        """Every version of a programme's rules known now."""
        if programme not in self._books:
            self._books[programme] = book_for(programme, self.now)
        return self._books[programme]

    def changes(self, programme: str, version: UUID) -> tuple[Change, ...]:
        """The history of a software's référencement."""
        if programme not in self._histories:
            self._histories[programme] = histories(programme)
        return self._histories[programme].get(version, ())

    @cached_property
    def mandates(self) -> frozenset[tuple[UUID, UUID]]:
        """(supplier, distributor) of every mandate in force: a former distributor is no longer written to."""
        held = DistributorMandate.objects.filter(Q(until=None) | Q(until__gt=self.now), since__lte=self.now)
        return frozenset(held.order_by("pk").values_list("supplier_id", "distributor_id"))


def read_orders(
    orders: QuerySet[Order], around: Surroundings, *, keys: Collection[UUID] | None = None
) -> list[OrderRow]:
    """The facts of these orders, in their order; ``keys`` names the same orders where they are known."""
    rows = [dict(zip(_COLUMNS, values, strict=True)) for values in orders.values_list(*_COLUMNS)]
    ids = keys if keys is not None else orders.order_by().values("pk")
    works, vas = _works_reserves(ids), _va_reserves(ids)
    return [_row(row, around, works.get(row["pk"], ()), vas.get(row["pk"], ())) for row in rows]


def read_suppliers(suppliers: QuerySet[Supplier], programme: str) -> list[tuple[Supplier, SupplierDates]]:
    """Each supplier with the dates that its own deposits follow from, in one query."""
    of_programme = Q(orders__programme=programme)
    firm = of_programme & Q(orders__state__in=[*FIRM, REALISED])
    dated = suppliers.annotate(
        firm_since=Min(Coalesce("orders__affirmed_at", "orders__signed_at"), filter=firm),
        realised_since=Min("orders__realised_at", filter=of_programme & Q(orders__state=REALISED)),
    ).order_by("pk")
    return [
        (found, SupplierDates(f"{programme}:{found.pk}", found.firm_since, found.realised_since)) for found in dated
    ]


def _row(
    row: dict[str, Any],
    around: Surroundings,
    reserves: tuple[ReserveDates, ...],
    va_reserves: tuple[ReserveDates, ...],
) -> OrderRow:
    conditional = row["state"] == SIGNED_CONDITIONAL
    course = Course(
        state=row["state"],
        issued_at=row["issued_at"],
        counts_from=row["counts_from"],
        conditional=conditional,
        changes=around.changes(row["programme_id"], row["software_version_id"]) if conditional else (),
        installed_at=row["installation__installed_at"],
    )
    dates = OrderDates(
        subject=str(row["pk"]),
        course=course,
        signed_at=row["signed_at"],
        installation_state=row["installation__state"] or "",
        planned_for=row["installation__planned_for"],
        va_state=row["installation__va_state"] or "",
        reserves=reserves,
        va_reserves=va_reserves,
    )
    return OrderRow(
        pk=row["pk"],
        programme=row["programme_id"],
        number=row["number"],
        pharmacy_name=row["pharmacy__name"],
        dates=dates,
        places={name: row[name] for name in _PLACES},
    )


def parties_of(row: OrderRow, around: Surroundings) -> Parties:
    """Whom to write to: the supplier, the distributor while mandated, the pharmacy once it has people."""
    places = row.places
    sides = [places["supplier__organisation_id"]]
    if (places["supplier_id"], places["distributor_id"]) in around.mandates:
        sides.append(places["distributor__organisation_id"])
    pharmacy = places["pharmacy__organisation_id"]
    return Parties(tuple(side for side in sides if side), (pharmacy,) if pharmacy else ())


def works_reserve(key: int, raised_at: datetime, due_on: Any) -> ReserveDates:
    """An open reserve of an installation as its deadline knows it."""
    return ReserveDates(f"installation:{key}", raised_at, due_on)


def va_reserve(key: int, raised_at: datetime, due_on: Any, lifted_at: datetime | None) -> ReserveDates:
    """An open reserve of a VA as its deadline knows it."""
    return ReserveDates(f"va:{key}", raised_at, due_on, lifted_at is not None)


def _works_reserves(ids: Any) -> dict[UUID, tuple[ReserveDates, ...]]:
    found = InstallationReserve.objects.filter(
        lifted_at=None, installation__state=INSTALLED, installation__order__in=ids
    ).order_by("pk")
    rows = found.values_list("installation__order", "pk", "raised_at", "due_on")
    return _grouped((order, works_reserve(key, raised, due)) for order, key, raised, due in rows)


def _va_reserves(ids: Any) -> dict[UUID, tuple[ReserveDates, ...]]:
    found = Reserve.objects.filter(
        closed_at=None,
        statement__attestation__state="signed_with_reserves",
        statement__attestation__order__in=ids,
    ).order_by("pk")
    rows = found.values_list("statement__attestation__order", "pk", "raised_at", "due_on", "lifted_at")
    return _grouped((order, va_reserve(key, raised, due, lifted)) for order, key, raised, due, lifted in rows)


def _grouped(pairs: Iterable[tuple[UUID, ReserveDates]]) -> dict[UUID, tuple[ReserveDates, ...]]:
    grouped: dict[UUID, list[ReserveDates]] = defaultdict(list)
    for order, reserve in pairs:
        grouped[order].append(reserve)
    return {order: tuple(reserves) for order, reserves in grouped.items()}
