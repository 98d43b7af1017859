"""The detailed report's file at its borders, and what a month cannot answer without it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from homologation.domain.details import COLUMNS, Detail, read_details
from homologation.domain.supervision import Authorised, Report, UserRow, alerts, without_source

TODAY, MONTH = date(2022, 11, 15), date(2022, 10, 1)
HEADER = ";".join(COLUMNS)
GOOD = "350000001;2022-10;u1;90;40;oui;0;;3"


def read(*lines: str, head: str = HEADER) -> tuple[list[Detail], list[str]]:
    good, refusals = read_details("\n".join([head, *lines]).encode(), TODAY)
    return good, [refusal.message for refusal in refusals]


def test_empty_is_not_zero() -> None:
    good, wrong = read(GOOD)
    assert wrong == []
    assert good == [Detail(2, "350000001", MONTH, "u1", 90, 40, True, 0, None, 3)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (GOOD.replace("u1", "Jeanne Martin"), "pseudonyme"),
        (GOOD.replace("u1", "u" * 33), "pseudonyme"),
        (GOOD.replace("oui", "peut-être"), "oui ou non"),
        (GOOD.replace(";0;", ";x;"), "« tickets » doit être un nombre entier, ou vide"),
        (GOOD.replace("90", ""), "« appels » doit être un nombre entier."),
        (GOOD.replace(";3", ";91"), "« deux_postes » ne peut pas dépasser « appels »"),
        (GOOD.replace("2022-10", "2022-11"), "le mois doit être terminé"),
        (GOOD.replace("2022-10", "2021-12"), "de 2022 au plus tôt"),
        (f"{GOOD}\n{GOOD}", "la même chose que la ligne 2"),
        (f"{GOOD};1", "nombre de colonnes"),
        ("", "0 lignes"),
    ],
)
def test_one_bad_line_refuses_the_file(line: str, words: str) -> None:
    good, wrong = read(line)
    assert good == [] and words in wrong[0]


def test_no_other_column_and_no_patient() -> None:
    assert "première ligne" in read(GOOD, head=f"{HEADER};nom")[1][0]
    assert read(GOOD.replace("u1", "1841276451089"))[0] == []


def user(**said: Any) -> UserRow:
    return UserRow("u1", **({"calls": 9, "prescriptions": 20} | said))


@pytest.mark.parametrize(
    ("rows", "rules", "found"),
    [
        ((), ["SUP-06", "SUP-07"], []),
        ((user(),), ["SUP-06", "SUP-07"], []),
        ((user(detailed=True),), ["SUP-07"], []),
        ((user(detailed=True, outside_presence=0, two_posts=0),), [], []),
        ((user(detailed=True, outside_presence=0),), ["SUP-07"], []),
        ((user(detailed=True, outside_presence=1),), ["SUP-07"], ["SUP-07"]),
        ((user(detailed=True, maintenance=True, outside_presence=0, two_posts=0),), ["SUP-06"], []),
        ((user(detailed=True, maintenance=True, tickets=0, outside_presence=0, two_posts=0),), [], ["SUP-06"]),
        ((user(detailed=True, maintenance=True, tickets=1, outside_presence=0, two_posts=0),), [], []),
        ((user(detailed=True, maintenance=True, calls=0, outside_presence=0, two_posts=0),), [], []),
    ],
)
def test_silence_without_a_source_is_said(rows: tuple[UserRow, ...], rules: list[str], found: list[str]) -> None:
    report = Report(MONTH, sum(row.calls for row in rows), sum(row.prescriptions for row in rows), rows)
    assert [one.rule for one in without_source(report) if one.rule in ("SUP-06", "SUP-07")] == rules
    assert [alert.rule for alert in alerts(report) if alert.rule in ("SUP-06", "SUP-07")] == found


WHOLE = {"log_from": MONTH, "log_until": date(2022, 11, 1)}
KNOWN = (Authorised("u1"),)


@pytest.mark.parametrize(
    ("rows", "people", "logs", "rules"),
    [
        ((), KNOWN, WHOLE, ["SUP-02", "SUP-03", "STA-02"]),
        ((user(),), KNOWN, WHOLE, []),
        ((user(),), (), WHOLE, ["SUP-02"]),
        ((user(),), KNOWN, {}, ["SUP-08"]),
        ((user(),), KNOWN, WHOLE | {"log_until": None}, ["SUP-08"]),
        ((), (), {}, ["SUP-02", "SUP-03", "SUP-08", "STA-02"]),
    ],
)
def test_totals_alone_answer_no_rule_by_account(
    rows: tuple[UserRow, ...], people: tuple[Authorised, ...], logs: dict[str, Any], rules: list[str]
) -> None:
    report = Report(MONTH, 9, 20, rows, **logs)
    found = without_source(report, people)
    assert [one.rule for one in found if one.rule not in ("SUP-06", "SUP-07")] == rules
    assert all(one.what and one.why for one in found)
    assert not {one.rule for one in found} & {alert.rule for alert in alerts(report, people)}
