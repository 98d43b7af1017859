"""Reading results. The caller has already checked that the actor may see the pharmacy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import TruncMonth
from django.http import Http404

from indicators.domain.counters import COUNTERS
from indicators.domain.lifecycle import DECIDED
from indicators.domain.measures import STATE_LABELS, Measure, State
from indicators.domain.reward import Given, Reward, reward_of
from indicators.domain.tally import ends_on, next_month
from indicators.models import DailyCounter, Deposit, DepositCell, MeasureResult, UsageQuestion, YearDecision
from orders.models import Order
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION, Role
from portal.common.clock import paris_date
from portal.registry.models import Lineage, Pharmacy


@dataclass(frozen=True)
class Standing:
    """The result that stands, with its state in words. ``later``: of a frozen year, what data that came since give."""

    result: MeasureResult
    later: MeasureResult | None = None

    @property
    def label(self) -> str:
        """The French words of its state."""
        return STATE_LABELS[State(self.result.state)]

    def as_json(self, held_by: Sequence[str] = ()) -> dict[str, Any]:
        """The plain values: decimals as strings, null where unknown. ``held_by``: the preconditions of the year that
        are missed; the amount is then told as ``conditional_amount``, and none as earned."""
        one = self.result
        decimals = {name: _said(getattr(one, name)) for name in ("rate", "threshold")}
        amount = _said(one.amount)
        decimals |= {"amount": None if held_by else amount, "conditional_amount": amount if held_by else None}
        names = ("code", "version", "revision", "state", "numerator", "denominator", "raw_numerator", "raw_denominator")
        plain = {name: getattr(one, name) for name in (*names, "missing", "ahead", "months_missing", "closed")}
        later = Standing(self.later).as_json(held_by) if self.later else None
        hashes = {"definition": one.definition, "input": one.input}
        held = {"held_by": list(held_by)}
        return {**plain, **decimals, **held, "label": self.label, **hashes, "regularisation": later}


def results_of(lineage: Lineage | UUID, year: int) -> list[Standing]:
    """The result of each measure of a lineage's year: its last revision, or the frozen one and what came since."""
    return _standings(_last_of(MeasureResult.objects.filter(year=year), [lineage]))


def _last_of(rows: QuerySet[MeasureResult], lineages: Iterable[Lineage | UUID]) -> QuerySet[MeasureResult]:
    """Of each measure of each lineage (of all where none is given), the last revision before a freeze and since."""
    key = "lineage", "code", "version", "regularisation"
    wanted = list(lineages)
    rows = rows.filter(lineage__in=wanted) if wanted else rows
    return rows.order_by(*key, "-revision").distinct(*key)


def _standings(rows: Iterable[MeasureResult]) -> list[Standing]:
    """The rows of one lineage, a frozen result with what came since."""
    found: dict[tuple[str, int], list[MeasureResult]] = {}
    for row in rows:
        found.setdefault((row.code, row.version), []).append(row)
    return [Standing(*pair) for pair in found.values()]


def reward_for(measures: Iterable[Measure], standings: Iterable[Standing]) -> Reward:
    """What the results that stand earn. ``measures``: all those of their year."""
    results = (one.result for one in standings)
    return reward_of(measures, {row.code: Given(State(row.state), row.rate, row.amount) for row in results})


def results_by_pharmacy(year: int, lineages: Iterable[UUID] = ()) -> Iterator[tuple[str, list[Standing]]]:
    """The results that stand of each lineage, or of those given, with the FINESS of its open site (the last closed one
    otherwise); read as they are used. One merged into another has no site left: its uses are told of the other."""
    sites = Pharmacy.objects.filter(lineage=OuterRef("lineage"))
    sites = sites.order_by(F("closed_on").desc(nulls_first=True), "finess")
    rows = _last_of(MeasureResult.objects.filter(year=year), lineages)
    rows = rows.annotate(finess=Subquery(sites.values("finess")[:1])).filter(finess__isnull=False)
    for _, found in groupby(rows.iterator(chunk_size=2_000), key=attrgetter("lineage_id")):
        some = list(found)
        yield some[0].finess, _standings(some)


def _counters(row: Mapping[str, Any]) -> dict[str, int]:
    return {name: row[f"sum_{name}"] for name in COUNTERS}


def _said(value: Any) -> str | None:
    return None if value is None else str(value)


@dataclass(frozen=True)
class Month:
    """The counters of one month, or day, of a lineage; ``first`` is its first day. ``counted``: the part of them that
    counts, since the VA; ``before``: all of it comes before the VA."""

    first: date
    counters: Mapping[str, int]
    counted: Mapping[str, int]
    before: bool


def lineages_of(actor: Actor) -> QuerySet[Lineage]:
    """The lineage of the actor's own pharmacy; nothing for anybody who is not of one."""
    return Lineage.objects.filter(pharmacies__organisation=actor.tenant).distinct()


def ready_on(lineage: Lineage, programme: str) -> date | None:
    """The day (Paris) on which the first VA of a lineage was signed: from then on its software counts."""
    realised = Order.objects.filter(pharmacy__lineage=lineage, programme=programme, realised_at__isnull=False)
    at = realised.order_by("realised_at").values_list("realised_at", flat=True).first()
    return paris_date(at) if at else None


def ended_on(lineage: Lineage) -> date | None:
    """The last day (Paris) of which a log of a lineage is awaited: ``tally.ends_on``."""
    rows = list(lineage.pharmacies.values_list("closed_on", "orders__signed_at", "orders__ended_at"))
    ends = [paris_date(ended) if ended else None for _, signed, ended in rows if signed]
    return ends_on(_last_unless_open([closed for closed, _, _ in rows]), _last_unless_open(ends))


def _last_unless_open(days: Sequence[date | None]) -> date | None:
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


def months_of(lineage: Lineage, year: int, since: date | None = None) -> list[Month]:
    """The twelve months of a year of Paris, those without a line too. ``since``: the day of the VA, from which they
    count; None where there is none."""
    rows = (
        _counting(DailyCounter.objects.filter(pharmacy__lineage=lineage, day__year=year), since)
        .annotate(first=TruncMonth("day"))
        .order_by("first")
        .values("first", "counts")
        .annotate(**{f"sum_{name}": Sum(name) for name in COUNTERS})
    )
    found: dict[date, list[tuple[bool, dict[str, int]]]] = {}
    for row in rows:
        found.setdefault(row["first"], []).append((row["counts"], _counters(row)))
    months = [date(year, number, 1) for number in range(1, 13)]
    return [_month(first, found.get(first, []), since is None or next_month(first) <= since) for first in months]


def _month(first: date, parts: Iterable[tuple[bool, Mapping[str, int]]], before: bool) -> Month:
    whole, counted = Counter[str](), Counter[str]()
    for counts, figures in parts:
        whole.update(figures)
        if counts:
            counted.update(figures)
    return Month(first, whole, counted, before)


def _counting(rows: QuerySet[DailyCounter], since: date | None) -> QuerySet[DailyCounter]:
    """The rows, each with whether its day ``counts``."""
    rule = Q(day__gte=since) if since else Value(False)
    return rows.annotate(counts=ExpressionWrapper(rule, output_field=BooleanField()))


def days_of(lineage: Lineage, month: date, since: date | None) -> list[Month]:
    """The days of a month (its first day is given) on which something was counted; several software added up.
    ``since``: as of ``months_of``."""
    rows = (
        DailyCounter.objects.filter(pharmacy__lineage=lineage, day__year=month.year, day__month=month.month)
        .order_by("day")
        .values("day")
        .annotate(**{f"sum_{name}": Sum(name) for name in COUNTERS})
    )
    found = []
    for row in rows:
        before = since is None or row["day"] < since
        found.append(_month(row["day"], [(not before, _counters(row))], before))
    return found


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
