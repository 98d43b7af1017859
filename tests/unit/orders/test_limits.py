"""Counted days: the conditional limit and the expiry of an unsigned order, daylight saving and leap years included."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.domain import limits
from portal.common.clock import PARIS, last_day_before, paris_date
from portal.programmes.domain.ruleset import Milestone, RuleSet
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
    assert limits.conditional_limit(signed, RULES) == limit


def test_what_is_printed_is_day_120_itself() -> None:
    limit = limits.conditional_limit(paris(2022, 6, 19, 10), RULES)
    assert limit == datetime(2022, 10, 17, 22, tzinfo=UTC)
    assert last_day_before(limit) == date(2022, 10, 17)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2032, 1, 1)), st.integers(1, 400))
def test_the_limit_ends_a_paris_day(naive: datetime, days: int) -> None:
    signed = naive.replace(tzinfo=UTC)
    held = replace(RULES, conditional=replace(RULES.conditional, limit_days=days))
    limit = limits.conditional_limit(signed, held)
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
    assert limits.link_expiry(issued, RULES) == expiry


def test_without_a_closing_the_link_has_its_days() -> None:
    open_ended = replace(RULES, calendar=())
    assert limits.link_expiry(paris(2023, 3, 15, 13), open_ended) == paris(2023, 4, 15)


def desk(closing: datetime) -> RuleSet:
    """The rules with a desk of référencement that closes."""
    last = Milestone("desk", "deposit_proofs", "closes", closing, "essai", "P", "")
    return replace(RULES, calendar=(*RULES.calendar, last))


@pytest.mark.parametrize(
    ("closing", "last_whole"),
    [
        (paris(2022, 10, 18), date(2022, 6, 19)),  # desk open on 17/10/2022, that day included
        (paris(2022, 12, 22), date(2022, 8, 23)),  # on 21/12/2022
        (paris(2022, 12, 21, 14), date(2022, 8, 23)),  # closed at 14:00 that day
        (paris(2024, 3, 1), date(2023, 11, 1)),  # 29/02/2024
    ],
)
def test_last_day_whose_conditional_days_are_whole(closing: datetime, last_whole: date) -> None:
    rules = desk(closing)
    assert limits.last_whole_day(rules) == last_whole
    evening = datetime.combine(last_whole, time(23, 59, 59), PARIS)
    assert limits.conditional_limit(evening, rules) == min(limits.conditional_limit(evening, RULES), closing)
    assert last_day_before(limits.conditional_limit(evening, rules)) == last_whole + timedelta(days=120)
    assert limits.conditional_limit(evening + SECOND, rules) == closing


def test_without_a_desk_every_day_is_whole() -> None:
    assert limits.last_whole_day(RULES) is None


@pytest.mark.parametrize(
    ("limit", "acted"),
    [
        (paris(2023, 2, 10), paris(2023, 2, 10)),  # the end of a day is the start of J+1
        (paris(2023, 3, 15, 14), paris(2023, 3, 16)),
        (paris(2023, 3, 26), paris(2023, 3, 26)),
        (paris(2023, 3, 25, 12), paris(2023, 3, 26)),  # the next day has 23 hours
        (paris(2022, 10, 30, 12), paris(2022, 10, 31)),  # that day has 25
        (paris(2022, 12, 31, 14), paris(2023, 1, 1)),
        (paris(2024, 2, 29, 14), paris(2024, 3, 1)),
    ],
)
def test_what_is_late_is_acted_upon_the_day_after(limit: datetime, acted: datetime) -> None:
    assert limits.acted_from(limit) == acted
