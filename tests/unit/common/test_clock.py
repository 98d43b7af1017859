"""The two clocks, and days in Paris."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.common import clock
from tests.conftest import MACHINE, TODAY


def test_tests_stand_still() -> None:
    assert clock.business_now() == TODAY and clock.business_now().tzinfo is UTC
    assert clock.machine_now() == MACHINE


def test_holding_one_clock_leaves_the_other() -> None:
    later = datetime(2023, 1, 1, tzinfo=timezone(timedelta(hours=5)))
    with clock.frozen(business=later):
        assert clock.business_now() == later and clock.business_now().tzinfo is UTC
        assert clock.machine_now() == MACHINE
        with clock.frozen(machine=later):
            assert clock.business_now() == clock.machine_now() == later
        assert clock.machine_now() == MACHINE
    assert clock.business_now() == TODAY


def test_a_failure_gives_the_clock_back() -> None:
    with pytest.raises(RuntimeError), clock.frozen(business=MACHINE):
        raise RuntimeError
    assert clock.business_now() == TODAY


@pytest.mark.parametrize(
    ("day", "start", "hours"),
    [
        (date(2022, 11, 15), datetime(2022, 11, 14, 23, tzinfo=UTC), 24),
        (date(2022, 7, 1), datetime(2022, 6, 30, 22, tzinfo=UTC), 24),
        (date(2023, 3, 26), datetime(2023, 3, 25, 23, tzinfo=UTC), 23),
        (date(2022, 10, 30), datetime(2022, 10, 29, 22, tzinfo=UTC), 25),
    ],
)
def test_paris_days(day: date, start: datetime, hours: int) -> None:
    assert clock.start_of_paris_day(day) == start
    assert clock.end_of_paris_day(day) == start + timedelta(hours=hours)
    assert clock.last_day_before(clock.end_of_paris_day(day)) == day
    assert clock.last_day_before(start) == day - timedelta(days=1)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1)))
def test_an_instant_lies_in_its_paris_day(naive: datetime) -> None:
    instant = naive.replace(tzinfo=UTC)
    day = clock.paris_date(instant)
    assert clock.start_of_paris_day(day) <= instant < clock.end_of_paris_day(day)


def test_providers_are_installed_one_by_one() -> None:
    with clock.frozen():  # gives back what it found
        clock.install(business=lambda: MACHINE)
        assert (clock.business_now(), clock.machine_now()) == (MACHINE, MACHINE)
        clock.install(machine=lambda: TODAY)
        assert (clock.business_now(), clock.machine_now()) == (MACHINE, TODAY)
    assert clock.business_now() == TODAY
