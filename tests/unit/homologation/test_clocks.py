"""72 hours across the changes of hour, one second late, one reminder after a stop; and months of validity."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homologation.domain import breach_clock as clock
from homologation.domain.validity import Validity, is_valid, months_after, validity_at
from portal.common.clock import PARIS

SPRING = datetime(2023, 3, 24, 18, 0, tzinfo=PARIS)
AUTUMN = datetime(2023, 10, 27, 18, 0, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("aware", "deadline"),
    [
        (SPRING, datetime(2023, 3, 27, 19, 0)),
        (AUTUMN, datetime(2023, 10, 30, 17, 0)),
        (datetime(2023, 6, 2, 23, 59, tzinfo=PARIS), datetime(2023, 6, 5, 23, 59)),
        (datetime(2022, 12, 30, 12, 0, tzinfo=PARIS), datetime(2023, 1, 2, 12, 0)),
    ],
)
def test_seventy_two_elapsed_hours(aware: datetime, deadline: datetime) -> None:
    found = clock.notification_deadline(aware)
    assert found.tzinfo is UTC
    assert found.astimezone(PARIS).replace(tzinfo=None) == deadline


def test_a_wall_clock_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        clock.notification_deadline(datetime(2023, 3, 24, 18, 0))


@pytest.mark.parametrize("aware", [SPRING, AUTUMN])
def test_one_second_late_needs_its_reason(aware: datetime) -> None:
    deadline = clock.notification_deadline(aware)
    late = deadline + timedelta(seconds=1)
    assert clock.check_notification(aware, deadline, "") == []
    assert [r.code for r in clock.check_notification(aware, late, " ")] == ["missing_reason"]
    assert clock.check_notification(aware, late, "Découverte progressive") == []
    assert [r.code for r in clock.check_notification(aware, aware - timedelta(seconds=1), "x")] == ["before_awareness"]


def test_after_a_stop_one_reminder_not_five() -> None:
    hours = timedelta(hours=1)
    before = clock.reminders(AUTUMN, AUTUMN.astimezone(UTC) + 67 * hours)
    assert [due.number for due in before] == [1, 2, 3, 4]
    after_stop = AUTUMN.astimezone(UTC) + 72 * hours
    missed = [due.number for due in clock.reminders(AUTUMN, after_stop)]
    assert missed == [1, 2, 3, 4, 5, 6, 7]
    due = clock.reminder_to_send(AUTUMN, after_stop, sent=[1, 2, 3, 4])
    assert due is not None and due.number == 7
    assert clock.reminder_to_send(AUTUMN, after_stop, sent=[1, 2, 3, 4, 7]) is None
    assert clock.reminder_to_send(AUTUMN, AUTUMN, sent=[]) is None


def test_then_once_a_day_until_it_is_notified() -> None:
    start = SPRING.astimezone(UTC)
    assert [due.at - start for due in clock.reminders(SPRING, start + timedelta(hours=125))][-2:] == [
        timedelta(hours=96),
        timedelta(hours=120),
    ]


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2022, 8, 31), 6, date(2023, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2022, 11, 15), 36, date(2025, 11, 15)),
    ],
)
def test_months_are_clipped_to_their_end(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected


START, END = date(2022, 11, 15), date(2023, 11, 15)


@pytest.mark.parametrize(
    ("day", "state", "valid"),
    [
        (date(2022, 11, 14), Validity.TO_COME, False),
        (START, Validity.RUNNING, True),
        (date(2023, 8, 16), Validity.RUNNING, True),
        (date(2023, 8, 17), Validity.ENDING, True),
        (date(2023, 11, 14), Validity.ENDING, True),
        (END, Validity.ENDED, False),
    ],
)
def test_validity_on_a_day(day: date, state: Validity, valid: bool) -> None:
    assert validity_at(day, START, END) is state
    assert is_valid(day, START, END) is valid


@settings(max_examples=40)
@given(st.dates(date(2022, 1, 1), date(2030, 12, 31)), st.sampled_from([6, 12, 24, 36]))
def test_a_duration_never_skips_a_month(day: date, months: int) -> None:
    end = months_after(day, months)
    assert (end.year - day.year) * 12 + end.month - day.month == months and end.day <= day.day
