"""The made-up logs of the demonstration: same pharmacy and month, same lines."""

from __future__ import annotations

from datetime import date

from portal.demo.domain.activity import Habits, month_lines

HABITS = Habits("350000001", 35, 5, 5, 90, since=date(2022, 10, 20))


def test_the_same_month_gives_the_same_lines() -> None:
    lines = list(month_lines(HABITS, date(2022, 10, 1)))
    assert lines == list(month_lines(HABITS, date(2022, 10, 1))) and len(lines) > 300
    early = [line for line in lines if "T" in line and line.split(";")[4] < "2022-10-20"]
    assert early and all(line.split(";")[8] in ("", "0") for line in early), "nothing before the installation"
    assert any(line.split(";")[8] == "1" for line in lines)


def test_a_twin_shares_one_month_but_no_event() -> None:
    twin = Habits("350000002", 40, 5, 5, 90, like="350000001", alike=date(2022, 9, 1))
    one, other = (list(month_lines(habits, date(2022, 9, 1))) for habits in (HABITS, twin))
    assert [line.split(";")[4:6] for line in one] == [line.split(";")[4:6] for line in other]
    assert not {line[:36] for line in one} & {line[:36] for line in other}
    assert len(list(month_lines(twin, date(2022, 10, 1)))) != len(list(month_lines(HABITS, date(2022, 10, 1))))


def test_a_busy_month_only_adds_calls_of_one_account() -> None:
    month = date(2022, 10, 1)
    busy = Habits(HABITS.finess, 35, 5, 5, 90, since=HABITS.since, busy=month)
    usual, more = list(month_lines(HABITS, month)), list(month_lines(busy, month))
    added = more[len(usual) :]
    assert more[: len(usual)] == usual and len(added) > 150
    assert all(";insi_call;op1;" in line for line in added)
    assert list(month_lines(busy, date(2022, 9, 1))) == list(month_lines(HABITS, date(2022, 9, 1)))
    assert more == list(month_lines(busy, month))
