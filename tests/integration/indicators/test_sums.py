"""Days sum to their month, months to the year that the results are computed from, whatever the day of the VA."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.catalogue import measures_in
from indicators.domain.counters import COUNTERS, WHOLES
from indicators.models import DailyCounter
from indicators.presentation import month_row, total_row
from indicators.selectors import days_of, ended_on, months_of, ready_on, results_of
from indicators.services.compute import compute_year, years_of
from portal.common import clock
from portal.registry.models import Supplier
from tests.factories import people
from tests.factories.dossiers import ANSWERED, Dossier, paris
from tests.integration.indicators.test_compute import JUNE, realised

pytestmark = pytest.mark.django_db
DAYS = st.dates(date(2022, 11, 20), date(2024, 1, 10)) | st.dates(date(2023, 2, 8), date(2023, 2, 12))
ROWS = st.dictionaries(st.tuples(DAYS, st.booleans()), st.tuples(st.integers(0, 90), st.integers(0, 90)), max_size=25)


def counters(whole: int, part: int) -> dict[str, int]:
    """A day's counters that keep to their wholes: ``part`` or fewer of each."""
    some = dict.fromkeys(COUNTERS, whole)
    some |= {name: min(whole, part) for name in WHOLES}
    return some | {"insi_verification": whole - min(whole, part), "insi_org": whole - min(whole, part)}


def summed(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    found = Counter[str]()
    for part in parts:
        found.update(part)
    return {name: found[name] for name in COUNTERS}


@pytest.mark.parametrize("answered", [ANSWERED, paris("2023-02-10")], ids=["before the year", "within it"])
def test_months_sum_to_the_year(answered: datetime, tmp_path: Path) -> None:
    one, _ = realised(tmp_path / "logs", answered=answered)
    other = people.supplier()

    @settings(max_examples=25, deadline=None)
    @given(ROWS)
    def holds(rows: dict[tuple[date, bool], tuple[int, int]]) -> None:
        DailyCounter.objects.all().delete()
        DailyCounter.objects.bulk_create(_row(one, other, *key, *values) for key, values in rows.items())
        _the_year_is_its_months(one)

    holds()


def _row(one: Dossier, other: Supplier, day: date, changed: bool, whole: int, part: int) -> DailyCounter:
    supplier = other if changed else one.company
    return DailyCounter(pharmacy=one.place, supplier=supplier, day=day, **counters(whole, part))


def _the_year_is_its_months(one: Dossier) -> None:
    lineage, since = one.place.lineage, ready_on(one.place.lineage, people.PROGRAMME)
    [(_, year)] = list(years_of(people.PROGRAMME, 2023))
    months = months_of(lineage, 2023, since)
    assert (year.ready_on, year.ended_on) == (since, ended_on(lineage))
    assert summed(month.counters for month in months) == year.whole
    assert summed(month.counted for month in months) == year.counted
    for month in months:
        days = days_of(lineage, month.first, since)
        assert summed(day.counters for day in days) == summed([month.counters])
        assert summed(day.counted for day in days) == summed([month.counted])
    compute_year(people.PROGRAMME, 2023)
    rows = {found.result.code: found.result for found in results_of(lineage, 2023)}
    for measure in measures_in(people.PROGRAMME, 2023):
        total, row = total_row(month_row(measure, month) for month in months), rows[measure.code]
        assert (total["part"], total["whole"]) == (row.numerator, row.denominator)


def test_the_end_of_a_lineage_is_the_one_that_results_take(tmp_path: Path) -> None:
    one, _ = realised(tmp_path / "logs")
    for closed_on in (None, date(2023, 3, 20)):
        one.place.closed_on = closed_on
        one.place.save(update_fields=["closed_on"])
        with clock.frozen(business=JUNE):
            [(_, year)] = list(years_of(people.PROGRAMME, 2023))
        assert year.ended_on == ended_on(one.place.lineage) == closed_on
