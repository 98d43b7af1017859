"""Computing the measures of a year for every pharmacy from the counters, one pass of PostgreSQL for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from indicators.catalogue import closing_for, measures_of, open_programme
from indicators.domain.counters import COUNTERS
from indicators.domain.measures import ENGINE, Facts, Measure, evaluate, in_force
from indicators.domain.tally import START, Year, facts_of
from indicators.domain.years import Stage, stage_of
from indicators.models import MeasureResult
from indicators.services.frozen import Frozen, frozen_year, neutralised_codes
from portal.common import clock
from portal.common.canonical import sha256_of
from portal.common.clock import paris_date

_LOCK = 0x1D1CA
"""Advisory lock: one computation writes at a time."""
_BATCH = 2_000
_STANDING = "lineage_id", "code", "version"


@transaction.atomic
def compute_year(programme: str, year: int, lineages: Iterable[UUID] = ()) -> int:
    """Compute the measures of a year and write those that changed; how many that is.

    ``lineages``: those alone; all where none is given. A pharmacy without a signed VA and without a line has no result.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    now = clock.business_now()
    today, frozen, neutralised = paris_date(now), frozen_year(year), neutralised_codes(year)
    stage = stage_of(closing_for(programme, year), today, frozen=frozen is not None)
    measures, standing = in_force(measures_of(programme), year), _standing(year, lineages)
    changed: list[MeasureResult] = []
    for lineage, found in years_of(programme, year, lineages):
        for measure in measures:
            facts = facts_of(measure, found, today, neutralised.get(measure.code, ""))
            result = _result(lineage, measure, facts, now)
            result.closed = stage is not Stage.PROVISIONAL
            last = standing.get((lineage, measure.code, measure.version))
            if last is None or last[1:] != (result.input, result.definition, result.engine, result.closed):
                result.revision = last[0] + 1 if last else 1
                changed.append(result)
    if frozen:
        _regularise(frozen, changed)
    MeasureResult.objects.bulk_create(changed, batch_size=_BATCH)
    return len(changed)


def _regularise(frozen: Frozen, changed: list[MeasureResult]) -> None:
    """Say of each what it is compared with and which deposits came since."""
    lineages = {result.lineage_id for result in changed}
    pinned, deposits = frozen.results(lineages), frozen.deposits_since(lineages)
    for result in changed:
        result.regularisation = True
        result.regularises_id = pinned.get((result.lineage_id, result.code, result.version))
        result.because = deposits.get(result.lineage_id, [])


def compute_current(now: datetime) -> int:
    """Compute the year of ``now`` and the one before, of the programme that is open; how many results changed."""
    programme = open_programme(now)
    return sum(compute_year(programme, year) for year in current_years(now))


def current_years(now: datetime) -> list[int]:
    """The year of ``now`` and the one before, whose declaration may still be open."""
    year = paris_date(now).year
    return [one for one in (year - 1, year) if one >= START.year]


def years_of(programme: str, year: int, lineages: Iterable[UUID] = ()) -> Iterator[tuple[UUID, Year]]:
    """The counters of a year by lineage, of those that have a VA or a line. Changes of software add up."""
    start, end = date(year, 1, 1), date(year + 1, 1, 1)
    sums = ", ".join(f"coalesce(sum(d.{name}), 0)" for name in COUNTERS)
    counted = ", ".join(f"coalesce(sum(d.{name}) FILTER (WHERE d.day >= r.ready_on), 0)" for name in COUNTERS)
    wanted = [str(key) for key in lineages]
    chosen = "AND p.lineage_id = ANY(%(wanted)s::uuid[])" if wanted else ""
    query = f"""
        WITH ready AS (
            SELECT p.lineage_id, min((o.realised_at AT TIME ZONE 'Europe/Paris')::date) AS ready_on
            FROM orders_order o JOIN registry_pharmacy p ON p.id = o.pharmacy_id
            WHERE o.programme_id = %(programme)s AND o.realised_at IS NOT NULL {chosen} GROUP BY p.lineage_id
        ), places AS (
            SELECT p.lineage_id, p.id FROM registry_pharmacy p WHERE TRUE {chosen}
        ), months AS (
            SELECT p.lineage_id, array_agg(DISTINCT c.month) AS months
            FROM indicators_depositcell c JOIN places p ON p.id = c.pharmacy_id
            WHERE c.month >= %(start)s AND c.month < %(end)s GROUP BY p.lineage_id
        )
        SELECT p.lineage_id, r.ready_on, coalesce(m.months, ARRAY[]::date[]), {sums}, {counted}
        FROM places p
        LEFT JOIN ready r ON r.lineage_id = p.lineage_id
        LEFT JOIN months m ON m.lineage_id = p.lineage_id
        LEFT JOIN indicators_dailycounter d ON d.pharmacy_id = p.id AND d.day >= %(start)s AND d.day < %(end)s
        GROUP BY p.lineage_id, r.ready_on, m.months
        HAVING r.ready_on IS NOT NULL OR count(d.id) > 0
    """  # noqa: S608  (the names of our own counters; values are parameters)
    with connection.cursor() as cursor:
        cursor.execute(query, {"programme": programme, "start": start, "end": end, "wanted": wanted})
        for lineage, ready_on, months, *figures in cursor:
            whole = dict(zip(COUNTERS, map(int, figures[: len(COUNTERS)]), strict=True))
            part = dict(zip(COUNTERS, map(int, figures[len(COUNTERS) :]), strict=True))
            yield lineage, Year(year, whole, part, ready_on, frozenset(months))


def _standing(year: int, lineages: Iterable[UUID]) -> dict[tuple[UUID, str, int], tuple[Any, ...]]:
    """The last revision of each result of a year: its number, and what it was computed from."""
    rows = MeasureResult.objects.filter(year=year)
    if wanted := list(lineages):
        rows = rows.filter(lineage__in=wanted)
    last = rows.order_by(*_STANDING, "-revision").distinct(*_STANDING)
    values = last.values_list(*_STANDING, "revision", "input", "definition", "engine", "closed")
    return {(lineage, code, version): tuple(rest) for lineage, code, version, *rest in values}


def _result(lineage: UUID, measure: Measure, facts: Facts, now: datetime) -> MeasureResult:
    found = evaluate(measure, facts)
    return MeasureResult(
        lineage_id=lineage,
        year=facts.year,
        code=measure.code,
        version=measure.version,
        state=found.state.value,
        numerator=facts.numerator,
        denominator=facts.denominator,
        raw_numerator=facts.raw[0],
        raw_denominator=facts.raw[1],
        rate=found.rate,
        threshold=measure.percent,
        missing=found.missing,
        ahead=found.ahead,
        amount=found.amount,
        months_missing=list(facts.missing),
        definition=measure.digest,
        input=sha256_of({**asdict(facts), "ready_on": str(facts.ready_on)}),
        engine=ENGINE,
        computed_at=now,
    )
