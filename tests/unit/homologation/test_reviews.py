"""Each rule of the early reviews at its border, what the catalogue may say, and the days of the end of validity."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from homologation.catalogue import reviews
from homologation.domain.reviews import (
    DecisionFacts,
    Named,
    causes,
    end_days,
    last_valid_day,
    new_applications,
    parse_reviews,
    without_rows,
)
from homologation.domain.steps import BadCatalogue, expiry_reminder

RULES = reviews("PHA-LGO-Va1")
DECIDED = datetime(2023, 1, 10, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
OFFICIA, GALENE = Named("v1", "Officia 1.0"), Named("v2", "Galène 2.0", DECIDED + SECOND)
SAME = DecisionFacts(
    DECIDED,
    date(2023, 6, 1),
    software=OFFICIA,
    in_service=OFFICIA,
    standing=Named("referenced", "Référencé", DECIDED),
    titulaires_then=frozenset({1}),
    titulaires_now=frozenset({1}),
)
JAN, FEB, MAR, APR = (date(2023, month, 1) for month in (1, 2, 3, 4))


def found(**changes: Any) -> list[tuple[str, str]]:
    return [(cause.rule, cause.object) for cause in causes(replace(SAME, **changes), RULES)]


def test_the_same_world_opens_nothing() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"in_service": GALENE}, [("REV-01", "v2")]),
        ({"in_service": None}, []),
        ({"software": None, "standing": None, "in_service": GALENE}, [("REV-01", "v2")]),
        ({"software": None, "standing": None, "in_service": replace(GALENE, at=DECIDED)}, []),
        ({"standing": Named("suspended", "Suspendu", DECIDED)}, [("REV-02", "v1:suspended:2023-01-10T09:00:00+00:00")]),
        ({"standing": Named("withdrawn", "Retiré", DECIDED)}, [("REV-02", "v1:withdrawn:2023-01-10T09:00:00+00:00")]),
        ({"standing": Named("replaced", "Remplacé", DECIDED)}, []),
        ({"certificates": frozenset({date(2023, 6, 1)})}, []),
        ({"certificates": frozenset({date(2023, 5, 31)})}, [("REV-03", "expired:2023-05-31")]),
        ({"exposed": (Named("b1", "VIO-2023-0001"),)}, [("REV-03", "exposed:b1")]),
        ({"breaches": (Named("b1", "VIO-2023-0001"),)}, [("REV-05", "b1")]),
        ({"alerts": {FEB: DECIDED + SECOND}}, []),
        ({"alerts": {JAN: DECIDED, FEB: DECIDED}}, []),
        ({"alerts": {JAN: DECIDED, FEB: DECIDED + SECOND}}, [("REV-06", "2023-01")]),
        ({"alerts": {JAN: DECIDED, MAR: DECIDED + SECOND}}, []),
        ({"alerts": {JAN: DECIDED, FEB: DECIDED + SECOND, MAR: DECIDED + SECOND}}, [("REV-06", "2023-01")]),
        ({"form": Named("7", "2.0.0")}, [("REV-07", "7")]),
        ({"pack": Named("3", "pack n° 3")}, [("REV-08", "3")]),
    ],
)
def test_each_rule_at_its_border(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert found(**changes) == expected


def test_titulaires_are_compared_as_sets_and_never_named() -> None:
    one = causes(replace(SAME, titulaires_now=frozenset({1, 22})), RULES)
    two = causes(replace(SAME, titulaires_now=frozenset({22})), RULES)
    assert [cause.rule for cause in one + two] == ["REV-04", "REV-04"]
    assert one[0].object != two[0].object
    assert one[0].fact == "Titulaires arrivés depuis la décision : 1 ; partis : 0."
    assert two[0].fact == "Titulaires arrivés depuis la décision : 1 ; partis : 1."


def test_an_application_is_new_by_its_name_and_where_it_receives_the_ins() -> None:
    decided = [{"nom": "Officia", "recoit_ins": True}, {"nom": "Caisse", "recoit_ins": False}]
    told = [
        {"nom": " OFFICIA ", "recoit_ins": True},
        {"nom": "Caisse", "recoit_ins": True},
        {"nom": "Robot", "recoit_ins": False},
        {"nom": "", "recoit_ins": True},
        {"nom": "Agenda", "recoit_ins": True},
        {"nom": "Agenda", "recoit_ins": True},
    ]
    assert new_applications(decided, told) == ("Caisse", "Agenda")
    one, again = (causes(replace(SAME, applications=(name,)), RULES) for name in ("Agenda", "agenda"))
    assert [cause.rule for cause in one] == ["REV-09"] and one[0].object == again[0].object
    assert one[0].fact.startswith("« Agenda » reçoit l’INS")


def test_two_values_are_compared_by_what_they_say() -> None:
    assert without_rows([{"row": "a", "nom": "x"}]) == without_rows([{"row": "b", "nom": "x"}])
    assert without_rows([{"row": "a", "nom": "x"}]) != without_rows([{"row": "a", "nom": "y"}])
    assert (without_rows("mensuel"), without_rows(["cpx"])) == ("mensuel", ["cpx"])


def test_every_rule_of_the_catalogue_has_its_source() -> None:
    assert [rule.id for rule in RULES.rules] == [f"REV-0{number}" for number in range(1, 10)]
    assert all(rule.source and rule.why and rule.title for rule in RULES.rules)
    assert RULES.rule("REV-03") is RULES.rules[2] and RULES.rule("REV-99") is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rule": []}, ""),
        ({"rule": [{"id": "X"}]}, "revues"),
        ({"rule": [{"id": "X", "cause": "moon", "title": "t", "why": "w", "source": "s"}]}, "moon"),
        ({"rule": [{"id": "X", "cause": "breach", "title": "t", "why": "w", "source": "s"}] * 2}, "deux fois"),
        ({"alerts_in_a_row": 0}, "alerts_in_a_row"),
        ({"remind_days": ["x"]}, "revues"),
    ],
)
def test_a_file_that_says_something_else_is_refused(change: dict[str, Any], words: str) -> None:
    content = {"rule": [], "remind_days": [7, 30], "alerts_in_a_row": 2, "alert_causes": []} | change
    if not words:
        assert parse_reviews(content).remind_days == (30, 7)
        return
    with pytest.raises(BadCatalogue, match=words):
        parse_reviews(content)


UNTIL = date(2024, 1, 11)  # the last day is the 10th


@pytest.mark.parametrize(
    ("today", "sent", "due"),
    [
        (date(2023, 10, 11), [], None),
        (date(2023, 10, 12), [], 90),
        (date(2023, 10, 12), [90], None),
        (date(2023, 12, 11), [90], 30),
        (date(2024, 1, 2), [90, 60, 30], None),
        (date(2024, 1, 3), [90, 60, 30], 7),
        (date(2024, 1, 9), [90, 60, 30, 7], None),
        (date(2024, 1, 10), [90, 60, 30, 7], 0),
        (date(2024, 1, 10), [], 0),
        (date(2024, 1, 17), [0], -7),
        (date(2024, 2, 9), [0, -7], -30),
        (date(2024, 3, 9), [0, -7, -30], None),
        (date(2024, 3, 10), [0, -7, -30], -60),
        (date(2024, 4, 9), [-60], None),
        (date(2024, 4, 10), [-60], -91),
        (date(2024, 7, 1), [90], -152),
    ],
)
def test_one_reminder_at_a_time_then_each_month(today: date, sent: list[int], due: int | None) -> None:
    """After a stop the last due one alone; the months after the end count from its day."""
    last = last_valid_day(UNTIL)
    assert last == date(2024, 1, 10)
    assert expiry_reminder(last, today, end_days(UNTIL, today, RULES.remind_days), sent) == due
