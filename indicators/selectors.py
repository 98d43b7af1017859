"""Reading results. The caller has already checked that the actor may see the pharmacy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.http import Http404

from indicators.domain.counters import COUNTERS
from indicators.domain.lifecycle import DECIDED
from indicators.domain.measures import STATE_LABELS, State
from indicators.models import DailyCounter, Deposit, DepositCell, MeasureResult, UsageQuestion, YearDecision
from orders.models import Order
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION, Role
from portal.common.clock import paris_date
from portal.registry.models import Lineage


@dataclass(frozen=True)
class Standing:
    """The result that stands, with its state in words. ``later``: of a frozen year, what data that came since give."""

    result: MeasureResult
    later: MeasureResult | None = None

    @property
    def label(self) -> str:
        """The French words of its state."""
        return STATE_LABELS[State(self.result.state)]

    def as_json(self) -> dict[str, Any]:
        """The plain values: decimals as strings, null where unknown."""
        one = self.result
        decimals = {name: _said(getattr(one, name)) for name in ("rate", "threshold", "amount")}
        names = ("code", "version", "revision", "state", "numerator", "denominator", "raw_numerator", "raw_denominator")
        plain = {name: getattr(one, name) for name in (*names, "missing", "ahead", "months_missing", "closed")}
        later = Standing(self.later).as_json() if self.later else None
        hashes = {"definition": one.definition, "input": one.input}
        return {**plain, **decimals, "label": self.label, **hashes, "regularisation": later}


def results_of(lineage: Lineage | UUID, year: int) -> list[Standing]:
    """The result of each measure of a lineage's year: its last revision, or the frozen one and what came since."""
    rows = MeasureResult.objects.filter(lineage=lineage, year=year)
    rows = rows.order_by("code", "version", "regularisation", "-revision")
    found: dict[tuple[str, int], list[MeasureResult]] = {}
    for row in rows.distinct("code", "version", "regularisation"):
        found.setdefault((row.code, row.version), []).append(row)
    return [Standing(*pair) for pair in found.values()]


def _counters(row: Mapping[str, Any]) -> dict[str, int]:
    return {name: row[f"sum_{name}"] for name in COUNTERS}


def _said(value: Any) -> str | None:
    return None if value is None else str(value)


@dataclass(frozen=True)
class Month:
    """The counters of one month of a lineage; ``first`` is its first day."""

    first: date
    counters: Mapping[str, int]


def lineages_of(actor: Actor) -> QuerySet[Lineage]:
    """The lineage of the actor's own pharmacy; nothing for anybody who is not of one."""
    return Lineage.objects.filter(pharmacies__organisation=actor.tenant).distinct()


def ready_on(lineage: Lineage, programme: str) -> date | None:
    """The day (Paris) on which the first VA of a lineage was signed: from then on its software counts."""
    realised = Order.objects.filter(pharmacy__lineage=lineage, programme=programme, realised_at__isnull=False)
    at = realised.order_by("realised_at").values_list("realised_at", flat=True).first()
    return paris_date(at) if at else None


def months_of(lineage: Lineage, year: int) -> list[Month]:
    """The twelve months of a year of Paris, those without a line too."""
    rows = (
        DailyCounter.objects.filter(pharmacy__lineage=lineage, day__year=year)
        .annotate(first=TruncMonth("day"))
        .order_by("first")
        .values("first")
        .annotate(**{f"sum_{name}": Sum(name) for name in COUNTERS})
    )
    found = {row["first"]: _counters(row) for row in rows}
    months = [date(year, number, 1) for number in range(1, 13)]
    return [Month(first, found.get(first, {})) for first in months]


def days_of(lineage: Lineage, month: date) -> list[Month]:
    """The days of a month (its first day is given) on which something was counted; several software added up."""
    rows = (
        DailyCounter.objects.filter(pharmacy__lineage=lineage, day__year=month.year, day__month=month.month)
        .order_by("day")
        .values("day")
        .annotate(**{f"sum_{name}": Sum(name) for name in COUNTERS})
    )
    return [Month(row["day"], _counters(row)) for row in rows]


def all_days_of(lineage: Lineage, year: int) -> QuerySet[DailyCounter]:
    """The counters of a year by day and software, for a file."""
    found = DailyCounter.objects.filter(pharmacy__lineage=lineage, day__year=year)
    return found.select_related("supplier", "pharmacy").order_by("day", "supplier__name", "pk")


def deposits_of(lineage: Lineage, month: date) -> QuerySet[DepositCell]:
    """What each accepted deposit brought for a month of a lineage, the latest first."""
    found = DepositCell.objects.with_lines().filter(pharmacy__lineage=lineage, month=month)
    return found.select_related("deposit__supplier", "pharmacy").order_by("-deposit__deposited_at", "pk")


def deposits_called(ids: Iterable[str]) -> dict[str, Deposit]:
    """Deposits by id, as regularisations name them."""
    rows = Deposit.objects.filter(pk__in=list(ids)).select_related("supplier")
    return {str(row.pk): row for row in rows}


def decisions_for(actor: Actor) -> QuerySet[YearDecision]:
    """Every decision about a year; nothing for whoever is not of the administration."""
    found = YearDecision.objects.select_related("proposed_by", "decided_by", "withdrawn_by")
    return found if actor.role in ADMINISTRATION else found.none()


def get_decision(actor: Actor, pk: UUID) -> YearDecision:
    """One decision. Raises Http404 for a stranger."""
    found = decisions_for(actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def decisions_taken(year: int) -> list[YearDecision]:
    """What was decided about a year, for everybody to read."""
    return list(YearDecision.objects.filter(year=year, state=DECIDED).order_by("decided_at"))


def regularised(year: int) -> int:
    """How many regularisations a frozen year has."""
    return MeasureResult.objects.filter(year=year, regularisation=True).count()


def questions_for(actor: Actor) -> QuerySet[UsageQuestion]:
    """The questions that the actor may answer: a supplier's own, or all; nothing for anybody else."""
    found = UsageQuestion.objects.select_related("pharmacy", "other", "supplier", "answered_by")
    if actor.role is Role.SUPPLIER:
        return found.filter(supplier__organisation=actor.tenant)
    return found if actor.role in ADMINISTRATION else found.none()


def get_question(actor: Actor, pk: UUID) -> UsageQuestion:
    """One question. Raises Http404 for a stranger."""
    found = questions_for(actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
