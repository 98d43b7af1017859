"""Reading from the counters what ``indicators.domain.anomalies`` judges: PostgreSQL leaves few candidates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from indicators.domain.anomalies import (
    TWIN_DAYS,
    Finish,
    Life,
    Oddity,
    Series,
    just_reached_in_december,
    outside_life,
    twins,
)
from indicators.domain.counters import COUNTERS
from indicators.domain.measures import Measure, reached
from indicators.models import MeasureResult

_EVENTS = "dispensations + prescriptions + claims + assessments_final + insi_calls"
_NEEDS_SOFTWARE = "dispensations_mss + prescriptions_e + claims_apcv + assessments_final_dmp"

_SERIES = f"""
    WITH months AS (
        SELECT pharmacy_id, supplier_id, date_trunc('month', day::timestamp)::date AS month, count(*) AS days,
            bit_xor(hashint8extended((day - %(start)s)::bigint * 2147483647 + dispensations::bigint * 1000003
                + prescriptions::bigint * 10007 + claims::bigint * 101 + insi_calls, 0)) AS about
        FROM indicators_dailycounter WHERE day >= %(start)s AND day < %(end)s
        GROUP BY 1, 2, 3 HAVING count(*) >= %(days)s
    ), alike AS (
        SELECT month, days, about FROM months GROUP BY 1, 2, 3 HAVING count(DISTINCT pharmacy_id) > 1
    ), near AS MATERIALIZED (
        SELECT pharmacy_id, supplier_id, month, days FROM months JOIN alike USING (month, days, about)
    )
    SELECT n.pharmacy_id::text, n.supplier_id::text, n.month,
        md5(string_agg(concat_ws(',', d.day, {", ".join(f"d.{name}" for name in COUNTERS)}), ';' ORDER BY d.day)),
        n.days, sum({_EVENTS})
    FROM near n JOIN indicators_dailycounter d ON d.pharmacy_id = n.pharmacy_id AND d.supplier_id = n.supplier_id
        AND d.day >= n.month AND d.day < n.month + interval '1 month'
    GROUP BY n.pharmacy_id, n.supplier_id, n.month, n.days
"""  # noqa: S608  (the names of our own counters; values are parameters)
"""A quick fingerprint of each month finds those that may be alike; they alone are compared counter by counter."""

_LIVES = f"""
    WITH active AS (
        SELECT pharmacy_id, supplier_id, max(day) AS last, min(day) FILTER (WHERE {_NEEDS_SOFTWARE} > 0) AS first
        FROM indicators_dailycounter WHERE day >= %(start)s AND day < %(end)s GROUP BY 1, 2
    ), installed AS (
        SELECT o.pharmacy_id, o.supplier_id, min((i.installed_at AT TIME ZONE 'Europe/Paris')::date) AS installed
        FROM orders_installation i JOIN orders_order o ON o.id = i.order_id
        WHERE i.installed_at IS NOT NULL GROUP BY 1, 2
    )
    SELECT a.pharmacy_id::text, a.supplier_id::text, a.first, a.last, i.installed, p.closed_on
    FROM active a JOIN registry_pharmacy p ON p.id = a.pharmacy_id
    LEFT JOIN installed i USING (pharmacy_id, supplier_id)
    WHERE a.first < i.installed OR a.last > p.closed_on
"""  # noqa: S608

_DECEMBERS = """
    SELECT p.lineage_id, d.pharmacy_id::text, d.supplier_id::text, d.day, {part}, {whole}
    FROM indicators_dailycounter d JOIN registry_pharmacy p ON p.id = d.pharmacy_id
    WHERE p.lineage_id = ANY(%(lineages)s::uuid[]) AND d.day >= %(start)s AND d.day < %(end)s
"""


def oddities_of(year: int, measures: list[Measure], today: date) -> list[Oddity]:
    """Everything odd in the counters of a year; December is judged once it is over."""
    bounds = {"start": date(year, 1, 1), "end": date(year + 1, 1, 1), "days": TWIN_DAYS}
    found = twins(Series(*row) for row in _rows(_SERIES, bounds))
    lives = (Life(place, supplier, year, *rest) for place, supplier, *rest in _rows(_LIVES, bounds))
    found += outside_life(lives)
    if today.year > year:
        for measure in measures:
            found += just_reached_in_december(measure, _finishes(measure, year))
    return found


def _finishes(measure: Measure, year: int) -> Iterator[Finish]:
    """The pharmacies that one fewer would have left below, with what December brought, counted since their VA."""
    percent = measure.percent
    if percent is None:
        return
    key = "lineage", "-version", "-revision"
    rows = MeasureResult.objects.filter(year=year, code=measure.code, version=measure.version).order_by(*key)
    last = rows.distinct("lineage").values_list("lineage", "state", "numerator", "denominator")
    close: dict[UUID, tuple[int, int]] = {
        lineage: (part, whole)
        for lineage, state, part, whole in last.iterator(chunk_size=2_000)
        if state == "reached" and not reached(part - 1, whole, percent)
    }
    for lineage, (place, supplier, part, whole) in _december(measure, year, list(close)).items():
        numerator, denominator = close[lineage]
        november = max(numerator - part, 0), max(denominator - whole, 0)  # a VA of December: nothing was due before
        yield Finish(place, supplier, year, november, (numerator, denominator))


def _december(measure: Measure, year: int, lineages: list[UUID]) -> dict[UUID, tuple[str, str, int, int]]:
    """What December counted by lineage, and the pharmacy and supplier that counted last."""
    query = _DECEMBERS.format(part=measure.numerator, whole=measure.denominator)
    bounds = {
        "start": date(year, 12, 1),
        "end": date(year + 1, 1, 1),
        "lineages": [str(key) for key in lineages],
    }
    sums: dict[UUID, list[int]] = defaultdict(lambda: [0, 0])
    who: dict[UUID, tuple[str, str]] = {}
    for lineage, place, supplier, _, part, whole in _rows(f"{query} ORDER BY d.day, d.id", bounds):
        sums[lineage][0] += part
        sums[lineage][1] += whole
        who[lineage] = place, supplier
    return {lineage: (*who[lineage], *pair) for lineage, pair in sums.items()}  # type: ignore[misc]


def _rows(query: str, values: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        yield from cursor
