"""What a month shows, with its arithmetic; what closes a case; what a file of totals may hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from homologation.domain.cases import ACTED, ANALYSED, CaseFacts, guard_acknowledge, guard_close
from homologation.domain.judgement import covered, judge, months_before, pharmacy_words, user_words, who_words
from homologation.domain.monthly_file import MOST_SHOWN
from homologation.domain.supervision import Report, UserRow
from homologation.domain.totals import COLUMNS, read_totals

MONTH, TODAY = date(2022, 10, 1), date(2022, 11, 15)
ROWS = tuple(UserRow(f"u{n}", 60, 100) for n in range(4))
USUAL = Report(MONTH, 240, 400, ROWS)


def year(count: int = 12) -> list[Report]:
    """So many months before, with calls that vary a little."""
    months = months_before(MONTH, count)
    return [
        Report(month, 240 + n % 3, 400, (replace(ROWS[0], calls=60 + n % 3), *ROWS[1:]))
        for n, month in enumerate(months)
    ]


def abuse(extra: int) -> Report:
    """One account with so many calls too many."""
    return replace(USUAL, calls=240 + extra, rows=(*ROWS[:3], replace(ROWS[3], calls=60 + extra)))


def test_under_six_months_the_statistics_say_nothing() -> None:
    found = judge(abuse(100), year(5))
    assert (found.history_short, found.months, found.alerts) == (True, 5, ())
    assert "Historique insuffisant" in pharmacy_words(abuse(100), found.pharmacy)
    assert all("Historique insuffisant" in words for words in found.user_words.values())


def test_six_months_are_enough_and_name_the_account_below_the_rule_of_the_form() -> None:
    found = judge(abuse(100), year(6))
    assert [(alert.rule, alert.user) for alert in found.alerts] == [("STA-01", ""), ("STA-02", "u3")]
    assert "160 appels pour 60 attendus, soit un écart de 100" in found.alerts[1].message
    assert found.alerts[0].message.startswith("340 ÷ 400 = 0,85 appel par prescription, au-dessus de la limite")
    assert judge(USUAL, year(6)).alerts == ()


def test_a_month_is_not_compared_with_itself_or_later_ones() -> None:
    later = replace(USUAL, month=date(2022, 11, 1))
    assert judge(USUAL, [*year(5), USUAL, later]).months == 5


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (((90, 40), (30, 40)), "Une personne en particulier (« u0 ») : le plus grand excès fait 50 des 50 appels"),
        (((50, 40), (50, 40)), "L’ensemble des employés : le plus grand excès fait 10 des 20 appels en excès (50 %)"),
        (((10, 40), (50, 60)), "Indéterminé : aucun compte n’a plus d’appels que de prescriptions."),
    ],
)
def test_whom_it_concerns_is_said_with_its_sum(rows: tuple[tuple[int, int], ...], words: str) -> None:
    users = tuple(UserRow(f"u{n}", *pair) for n, pair in enumerate(rows))
    report = Report(MONTH, sum(one.calls for one in users), 80, users)
    assert words in who_words(judge(report, []).who)


def test_the_words_of_an_account_hold_its_figures() -> None:
    [verdict] = [one for one in judge(abuse(30), year()).users if one.user == "u3"]
    assert verdict.z is not None
    assert f"z = {verdict.z:.1f}".replace(".", ",") in user_words(verdict)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (1, 31, (MONTH, date(2022, 11, 1))),
        (8, 24, (MONTH, date(2022, 11, 1))),
        (9, 23, (date(2022, 10, 9), date(2022, 10, 24))),
    ],
)
def test_a_quiet_week_at_an_end_of_the_month_is_covered(first: int, last: int, expected: tuple[date, date]) -> None:
    assert covered(MONTH, MONTH.replace(day=first), MONTH.replace(day=last)) == expected


def test_months_before_cross_the_year() -> None:
    assert months_before(date(2023, 2, 14), 3) == [date(2022, 11, 1), date(2022, 12, 1), date(2023, 1, 1)]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (CaseFacts(ANALYSED, "care"), ""),
        (CaseFacts(ANALYSED, "misuse_one"), "action_missing"),
        (CaseFacts(ANALYSED, "misuse_all"), "action_missing"),
        (CaseFacts(ACTED, "misuse_all"), ""),
        (CaseFacts(ACTED, "misuse_all", 1), "not_acknowledged"),
        (CaseFacts(ACTED, "care", 1), "not_acknowledged"),
    ],
)
def test_what_closes_a_case(facts: CaseFacts, code: str) -> None:
    assert [refusal.code for refusal in guard_close(facts)] == ([code] if code else [])
    assert bool(guard_acknowledge(facts)) == (facts.waiting == 0)


HEAD = ";".join(COLUMNS)
GOOD = "350000001;2022-10;30;20;10;2;25;5;40"


def read(*lines: str, head: str = HEAD) -> tuple[int, list[str]]:
    """How many lines are taken, and the codes of what refuses the file."""
    taken, refusals = read_totals("\n".join([head, *lines]).encode(), TODAY)
    return len(taken), [refusal.code for refusal in refusals]


def test_a_good_file_of_totals() -> None:
    [one], refusals = read_totals(
        f"\ufeff{HEAD};traces_du;traces_au\r\n{GOOD};2022-10-01;2022-10-31\r\n".encode(), TODAY
    )
    assert refusals == []
    assert (one.figures.calls, one.figures.org, one.figures.log_until) == (30, 5, date(2022, 11, 1))


@pytest.mark.parametrize(
    "line",
    [
        GOOD.replace("350000001", "3500"),
        GOOD.replace("2022-10", "2022-13"),
        GOOD.replace("2022-10", "9999-12"),
        GOOD.replace("2022-10", "2022-11"),
        GOOD.replace("2022-10", "2021-12"),
        GOOD.replace(";30;", ";-30;"),
        GOOD.replace(";20;10;", ";20;11;"),
        GOOD.replace(";25;5;", ";25;6;"),
        GOOD.replace(";2;25", ";31;25"),
        GOOD + ";x",
        GOOD.rpartition(";")[0],
    ],
)
def test_a_bad_line_refuses_the_file(line: str) -> None:
    assert read(line) == (0, ["line"])


@pytest.mark.parametrize("day", ["2022-02-30", "99", "9999-12-31"])
def test_a_bad_day_of_coverage(day: str) -> None:
    assert read(f"{GOOD};2022-10-01;{day}", head=f"{HEAD};traces_du;traces_au") == (0, ["line"])


def test_what_names_a_person_or_a_patient_is_refused() -> None:
    assert read(GOOD + ";Anne", head=HEAD + ";utilisateur") == (0, ["header"])
    assert read("1 84 12 76 451 089 46;2022-10;1;1;0;0;1;0;1") == (0, ["patient_number"])
    assert read_totals("finess;é".encode("latin-1"), TODAY)[1][0].code == "encoding"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_last_count_and_the_next_pharmacy_make_no_patient(end: str) -> None:
    first = GOOD.rpartition(";")[0] + ";2500"
    lines = [first, first.replace("350000001", "350000002")]
    good, refusals = read_totals((end.join([HEAD, *lines]) + end).encode(), TODAY)
    assert refusals == [] and [line.figures.prescriptions for line in good] == [2500, 2500]


def test_what_is_no_csv_is_refused() -> None:
    assert read("x" * 200_000) == (0, ["csv"])


def test_the_same_month_twice_and_no_line_at_all() -> None:
    assert read(GOOD, GOOD) == (0, ["line"])
    assert read() == (0, ["lines"])
    assert read(*["x"] * (MOST_SHOWN + 5))[1] == ["line"] * MOST_SHOWN + ["more"]
