"""Each supervision rule on both sides of its border, whom an excess concerns, and the statistics by user."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from benchmarks.supervision import abused, by_user, share_found, simulate
from homologation.domain.statistics import Use, judge_pharmacy, judge_users
from homologation.domain.supervision import Authorised, Report, UserRow, alerts, missing_report, next_month, who

MONTH = date(2023, 1, 1)
ROWS = (UserRow("u1", 60, 60), UserRow("u2", 40, 40))
CLEAN = Report(MONTH, 100, 100, ROWS, MONTH, date(2023, 2, 1))
PEOPLE = [Authorised("u1", date(2022, 1, 1)), Authorised("u2", date(2023, 1, 31), date(2023, 2, 10))]


def test_a_clean_month() -> None:
    assert alerts(CLEAN, PEOPLE) == []


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("SUP-01", {"calls": 101, "rows": (replace(ROWS[0], calls=61), ROWS[1])}),
        ("SUP-03", {"prescriptions": 101}),
        ("SUP-03", {"calls": 99}),
        ("SUP-05", {"calls": 0, "rows": ()}),
        ("SUP-06", {"rows": (replace(ROWS[0], maintenance=True, tickets=0), ROWS[1])}),
        ("SUP-07", {"rows": (replace(ROWS[0], two_posts=1), ROWS[1])}),
        ("SUP-07", {"rows": (replace(ROWS[0], outside_presence=2), ROWS[1])}),
        ("SUP-08", {"log_from": date(2023, 1, 2)}),
        ("SUP-08", {"log_until": date(2023, 1, 31)}),
    ],
)
def test_each_rule(rule: str, change: dict[str, Any]) -> None:
    assert [alert.rule for alert in alerts(replace(CLEAN, **change), PEOPLE)] == [rule]


@pytest.mark.parametrize(
    "change",
    [
        {"rows": (replace(ROWS[0], maintenance=True, tickets=1), ROWS[1])},
        {"rows": (replace(ROWS[0], maintenance=True, tickets=None), ROWS[1])},
        {"rows": (replace(ROWS[0], two_posts=0, outside_presence=None), ROWS[1])},
        {"rows": (), "log_from": None, "log_until": None},
    ],
)
def test_what_is_not_said_raises_nothing(change: dict[str, Any]) -> None:
    assert alerts(replace(CLEAN, **change), PEOPLE) == []


@pytest.mark.parametrize(
    ("person", "known"),
    [
        (Authorised("u2", date(2023, 2, 1)), False),
        (Authorised("u2", date(2023, 1, 31)), True),
        (Authorised("u2", None, date(2023, 1, 1)), False),
        (Authorised("u2", None, date(2023, 1, 2)), True),
    ],
)
def test_authorised_in_that_month(person: Authorised, known: bool) -> None:
    found = [(alert.rule, alert.user) for alert in alerts(CLEAN, [PEOPLE[0], person])]
    assert found == ([] if known else [("SUP-02", "u2")])
    assert alerts(CLEAN, []) == []


def test_a_report_is_due_on_the_tenth() -> None:
    assert missing_report(MONTH, date(2023, 2, 10), received=False) == []
    assert [a.rule for a in missing_report(MONTH, date(2023, 2, 11), received=False)] == ["SUP-04"]
    assert missing_report(MONTH, date(2023, 3, 1), received=True) == []
    assert next_month(date(2022, 12, 1)) == MONTH


@pytest.mark.parametrize(
    ("calls", "answer", "user"),
    [
        ((110, 50, 50), "one_person", "u0"),
        ((110, 56, 50), "one_person", "u0"),
        ((110, 57, 50), "everybody", ""),
        ((60, 57, 50), "everybody", ""),
        ((55, 55, 50, 50), "undecided", ""),
        ((50, 50, 50), "undecided", ""),
    ],
)
def test_one_person_or_everybody(calls: tuple[int, ...], answer: str, user: str) -> None:
    prescriptions = [100, 50, 50] if calls[0] > 100 else [50] * len(calls)
    rows = tuple(UserRow(f"u{n}", c, p) for n, (c, p) in enumerate(zip(calls, prescriptions, strict=True)))
    found = who(Report(MONTH, sum(calls), sum(prescriptions), rows))
    assert (found.answer, found.user) == (answer, user)
    assert found.total == sum(amount for _, amount in found.excess)


def _past(months: int) -> list[dict[str, Use]]:
    return [{"a": Use(80 + n % 3, 100), "b": Use(160 - n % 2, 200), "c": Use(82, 100)} for n in range(months)]


def test_too_short_a_history_says_nothing() -> None:
    now = {"a": Use(400, 100), "b": Use(160, 200), "c": Use(80, 100)}
    assert not any(verdict.flagged or verdict.expected for verdict in judge_users(_past(5), now))
    assert [verdict.user for verdict in judge_users(_past(6), now) if verdict.flagged] == ["a"]
    assert judge_pharmacy([Use(80, 100)] * 5, Use(400, 100)).limit is None
    assert judge_pharmacy([Use(80, 100)] * 6, Use(400, 100)).flagged


def test_a_busier_month_for_everybody_is_no_alarm() -> None:
    now = {"a": Use(160, 200), "b": Use(320, 400), "c": Use(164, 200)}
    assert not any(verdict.flagged for verdict in judge_users(_past(12), now))


def test_less_than_twenty_calls_are_not_flagged() -> None:
    now = {"a": Use(99, 100), "b": Use(160, 200), "c": Use(82, 100)}
    assert not any(verdict.flagged for verdict in judge_users(_past(12), now))


def test_nobody_else_to_compare_with() -> None:
    past = [{"a": Use(80, 100)} for _ in range(12)]
    [verdict] = judge_users(past, {"a": Use(500, 100)})
    assert verdict.expected is None and verdict.excess is None and not verdict.flagged


def test_two_hundred_calls_by_one_of_five_are_found() -> None:
    """The measure of ``benchmarks/supervision.py`` on fewer pharmacies: 95 % found, 1 % false alarms a month at most."""
    dice = random.Random(5)
    clean = [simulate(dice) for _ in range(500)]
    assert share_found(by_user, [abused(place, dice.randrange(5), 200) for place in clean]) >= 0.95
    assert share_found(by_user, clean) <= 0.01
