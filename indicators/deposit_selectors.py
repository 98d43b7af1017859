"""Reading deposits: a supplier its own, a pharmacy what speaks of it, the administration all; others see nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Sum
from django.http import Http404

from indicators.domain.coverage import MonthSeen, missing_of, year_seen
from indicators.domain.tally import ends_on
from indicators.models import Deposit, DepositCell, Upload
from indicators.models.deposits import DepositState
from orders.selectors import equipped_spans
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION, PHARMACY_SIDE, Role
from portal.common.clock import paris_date
from portal.registry.models import Pharmacy, Supplier

TO_CORRECT = "to_correct"


def deposits_of(actor: Actor) -> QuerySet[Deposit]:
    """The deposits that the actor may open."""
    rows = Deposit.objects.select_related("supplier", "software_version__software", "deposited_by")
    if actor.role is Role.SUPPLIER:
        return rows.filter(supplier__organisation=actor.tenant)
    return rows if actor.role in ADMINISTRATION else rows.none()


@dataclass(frozen=True)
class Narrow:
    """Which deposits are asked for: in a state (``TO_CORRECT``: accepted with rejected lines), of a supplier, with
    lines of a pharmacy. What is empty narrows nothing."""

    state: str = ""
    supplier: UUID | None = None
    finess: str = ""


def narrowed(deposits: QuerySet[Deposit], asked: Narrow) -> QuerySet[Deposit]:
    """Those asked for."""
    if asked.state == TO_CORRECT:
        deposits = deposits.filter(state=DepositState.ACCEPTED, rejected__gt=0)
    elif asked.state:
        deposits = deposits.filter(state=asked.state)
    if asked.finess:
        cells = DepositCell.objects.with_lines().filter(pharmacy__finess=asked.finess, deposit=OuterRef("pk"))
        deposits = deposits.filter(Exists(cells))
    return deposits.filter(supplier=asked.supplier) if asked.supplier else deposits


def get_deposit(actor: Actor, pk: UUID) -> Deposit:
    """One deposit. Raises Http404 for a stranger."""
    found = deposits_of(actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def reach_of(deposit: Deposit) -> dict[str, Any]:
    """For how many ``pharmacies`` an accepted deposit brought lines, from month ``first`` to month ``last``."""
    cells = DepositCell.objects.with_lines().filter(deposit=deposit)
    return cells.aggregate(pharmacies=Count("pharmacy", distinct=True), first=Min("month"), last=Max("month"))


def received_by(actor: Actor) -> QuerySet[Deposit]:
    """The accepted deposits that brought lines for the actor's own pharmacy, with their share: ``mine``, ``since``,
    ``until``. Nothing else of them is the pharmacy's to see."""
    if actor.role not in PHARMACY_SIDE:
        return Deposit.objects.none()
    own = Q(cells__pharmacy__organisation=actor.tenant, cells__accepted__gte=1)
    return (
        Deposit.objects.filter(own)
        .select_related("supplier", "software_version__software")
        .annotate(
            mine=Sum("cells__accepted", filter=own),
            since=Min("cells__month", filter=own),
            until=Max("cells__month", filter=own),
        )
        .order_by("-deposited_at", "pk")
    )


def last_to_look_at(actor: Actor) -> Deposit | None:
    """The supplier's last deposit, where it was refused or left lines out."""
    if actor.role is not Role.SUPPLIER:
        return None
    last = deposits_of(actor).exclude(state=DepositState.RECEIVED).order_by("-finished_at", "pk").first()
    return last if last and (last.state == DepositState.REFUSED or last.rejected) else None


def get_upload(supplier: UUID, pk: UUID) -> Upload | None:
    """One file that a supplier's machine sends; None for another's."""
    related = ("deposit", "software_version__software", "supplier")
    return Upload.objects.filter(supplier=supplier, pk=pk).select_related(*related).first()


@dataclass(frozen=True)
class Coverage:
    """The months of a year of a pharmacy."""

    pharmacy: Pharmacy
    months: list[MonthSeen]

    @property
    def missing(self) -> list[str]:
        """Those that are missing, in words."""
        return missing_of(self.months)

    @property
    def lines(self) -> int:
        """How many lines came for the year."""
        return sum(month.lines for month in self.months)


def pharmacies_equipped(supplier: Supplier | None) -> QuerySet[Pharmacy]:
    """The pharmacies of a supplier's signed orders, by name; none without a supplier."""
    if supplier is None:
        return Pharmacy.objects.none()
    signed = equipped_spans(supplier.pk).values("pharmacy")
    return Pharmacy.objects.filter(pk__in=signed).order_by("sort_key", "finess")


def coverage_of(pharmacies: Iterable[Pharmacy], year: int, today: date, supplier: UUID | None = None) -> list[Coverage]:
    """The year of each pharmacy, through one supplier or all: two queries whatever their number."""
    places = list(pharmacies)
    keys = [place.pk for place in places]
    if not keys:
        return []
    received = _received(keys, supplier)
    spans = _spans(keys, supplier)
    found = []
    for place in places:
        span = spans.get(place.pk, _NO_SPAN)
        ended_on = ends_on(place.closed_on, span["ended_on"])
        months = received.get(place.pk, {})
        seen = year_seen(year, months, ready_on=span["ready_on"], ended_on=ended_on, today=today)
        found.append(Coverage(place, seen))
    return found


_NO_SPAN: dict[str, date | None] = {"ready_on": None, "ended_on": None}


def _received(keys: list[UUID], supplier: UUID | None) -> dict[UUID, dict[date, int]]:
    cells = DepositCell.objects.with_lines().filter(pharmacy__in=keys, deposit__state=DepositState.ACCEPTED)
    if supplier is not None:
        cells = cells.filter(deposit__supplier=supplier)
    found: dict[UUID, dict[date, int]] = {}
    for pharmacy, month, lines in cells.values_list("pharmacy", "month").annotate(Sum("accepted")).order_by("month"):
        found.setdefault(pharmacy, {})[month] = lines
    return found


def _spans(keys: list[UUID], supplier: UUID | None) -> Mapping[UUID, dict[str, date | None]]:
    """First VA and end of the orders of each pharmacy; no end while one of them holds."""
    found: dict[UUID, dict[str, date | None]] = {}
    rows = equipped_spans(supplier, keys).values_list("pharmacy", "realised_at", "ended_at")
    for pharmacy, realised_at, ended_at in rows:
        known = pharmacy in found
        span = found.setdefault(pharmacy, dict(_NO_SPAN))
        if realised_at and (span["ready_on"] is None or paris_date(realised_at) < span["ready_on"]):
            span["ready_on"] = paris_date(realised_at)
        end = paris_date(ended_at) if ended_at else None
        was = span["ended_on"]
        span["ended_on"] = end if not known else (max(was, end) if was and end else None)
    return found
