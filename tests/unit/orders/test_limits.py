"""Counted days: the conditional limit and the expiry of an unsigned order, daylight saving and leap years included."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.domain import rules
from portal.common.clock import PARIS, last_day_before, paris_date
from tests.unit.orders import facts
from tests.unit.orders.facts import RULES, paris

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("signed", "limit"),
    [
        (paris(2022, 6, 19, 10), paris(2022, 10, 18)),  # the press's 17/10/2022, day included
        (paris(2022, 6, 19), paris(2022, 10, 18)),
        (paris(2022, 6, 19, 23, 59, 59), paris(2022, 10, 18)),
        (paris(2022, 10, 12, 14), paris(2023, 2, 10)),  # over the end of the year and of summer time
        (paris(2022, 11, 28, 12), paris(2023, 3, 29)),  # over the start of summer time
        (paris(2022, 7, 2, 12), paris(2022, 10, 31)),  # the day after the clocks go back
        (paris(2022, 11, 25, 12), paris(2023, 3, 26)),  # ends as the 23-hour day begins
        (paris(2022, 11, 26, 12), paris(2023, 3, 27)),  # the 23-hour day is counted
        (paris(2023, 11, 1, 9), paris(2024, 3, 1)),  # day 120 is 29/02/2024
        (paris(2022, 11, 1, 9), paris(2023, 3, 2)),  # no 29 February
        (datetime(2022, 6, 18, 22, 30, tzinfo=UTC), paris(2022, 10, 18)),  # already the 19th in Paris
        (datetime(2022, 6, 18, 21, 59, tzinfo=UTC), paris(2022, 10, 17)),  # still the 18th
    ],
)
def test_conditional_limit(signed: datetime, limit: datetime) -> None:
    assert rules.conditional_limit(signed, RULES) == limit


def test_what_is_printed_is_day_120_itself() -> None:
    limit = rules.conditional_limit(paris(2022, 6, 19, 10), RULES)
    assert limit == datetime(2022, 10, 17, 22, tzinfo=UTC)
    assert last_day_before(limit) == date(2022, 10, 17)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2032, 1, 1)), st.integers(1, 400))
def test_the_limit_ends_a_paris_day(naive: datetime, days: int) -> None:
    signed = naive.replace(tzinfo=UTC)
    held = replace(RULES, conditional=replace(RULES.conditional, limit_days=days))
    limit = rules.conditional_limit(signed, held)
    assert last_day_before(limit) == paris_date(signed) + timedelta(days=days)
    assert limit.astimezone(PARIS).time() == time(0)


@pytest.mark.parametrize(
    ("issued", "expiry"),
    [
        (paris(2022, 11, 15, 10), paris(2022, 12, 16)),  # 30 days, last one included
        (paris(2022, 9, 30, 23, 59), paris(2022, 10, 31)),  # the 25-hour day is counted
        (paris(2022, 12, 31, 12), paris(2023, 1, 31)),
        (paris(2023, 2, 12, 12), paris(2023, 3, 15)),  # day 30 is 14/03: the closing is later
        (paris(2023, 2, 13, 12), paris(2023, 3, 15, 14)),  # day 30 is 15/03: the closing is sooner
        (paris(2023, 3, 15, 13, 59, 59), paris(2023, 3, 15, 14)),
    ],
)
def test_link_expiry(issued: datetime, expiry: datetime) -> None:
    assert rules.link_expiry(issued, RULES) == expiry


def test_without_a_closing_the_link_has_its_days() -> None:
    open_ended = replace(RULES, calendar=())
    assert rules.link_expiry(paris(2023, 3, 15, 13), open_ended) == paris(2023, 4, 15)


LIMIT = paris(2023, 2, 10)


@pytest.mark.parametrize(
    ("complete", "in_time"),
    [(None, False), (LIMIT - SECOND, True), (LIMIT, False), (LIMIT + SECOND, False), (paris(2022, 1, 1), True)],
)
def test_a_dossier_is_in_time_before_the_limit(complete: datetime | None, in_time: bool) -> None:
    judged = facts.order(
        state="signed_conditional", now=LIMIT + SECOND, conditional_until=LIMIT, dossier_complete_at=complete
    )
    assert rules.complete_in_time(judged) is in_time
    assert [r.code for r in rules.guard_affirm(judged)] == ([] if in_time else ["dossier_late"])
    assert [r.code for r in rules.guard_lapse(judged)] == (["not_due"] if in_time else [])


def test_no_limit_no_affirmation() -> None:
    assert not rules.complete_in_time(facts.order(conditional_until=None))


@pytest.mark.parametrize(("now", "due"), [(LIMIT - SECOND, False), (LIMIT, True), (LIMIT + SECOND, True)])
def test_a_conditional_order_lapses_at_its_limit(now: datetime, due: bool) -> None:
    judged = facts.order(
        state="signed_conditional", now=now, conditional_until=LIMIT, dossier_complete_at=None, va_signed=True
    )
    assert [r.code for r in rules.guard_lapse(judged)] == ([] if due else ["not_due"])


def test_affirming_needs_both() -> None:
    judged = facts.order(
        state="signed_conditional", conditional_until=LIMIT, referenced=False, dossier_complete_at=None
    )
    assert [r.code for r in rules.guard_affirm(judged)] == ["not_referenced", "dossier_late"]
