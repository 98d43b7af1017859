"""The guards of a VA and the answers to its five boxes."""

from __future__ import annotations

from typing import Any

import pytest

from attestations.domain import rules
from attestations.domain.rules import Decision
from tests.unit.orders import facts
from tests.unit.orders.facts import RULES

CODES = ("general", "dossier_pharmaceutique", "e_prescription", "certificates", "mss")
YES, NO, SILENT = Decision(True), Decision(False, "Ne marche pas"), Decision(None)


def test_the_five_boxes() -> None:
    assert tuple(statement.code for statement in RULES.va_statements) == CODES


@pytest.mark.parametrize(
    ("changes", "prepare", "sign"),
    [
        ({}, [], []),
        ({"order_state": "affirmed"}, [], []),
        ({"order_state": "signed_conditional"}, ["order_not_firm"], ["order_not_firm"]),
        ({"order_state": "cancelled"}, ["order_not_firm"], ["order_not_firm"]),
        ({"installation_state": "planned"}, ["not_installed"], ["not_installed"]),
        ({"installed_at": None}, [], ["not_installed"]),
        ({"open_installation_reserves": 1}, ["reserves_open"], []),
        ({"document_ready": False}, [], ["document_pending"]),
    ],
)
def test_prepare_and_sign(changes: dict[str, Any], prepare: list[str], sign: list[str]) -> None:
    assert [r.code for r in rules.guard_prepare(facts.va(**changes))] == prepare
    assert [r.code for r in rules.guard_sign(facts.va(**changes))] == sign


@pytest.mark.parametrize(
    ("opened", "lifted", "lift", "answer", "complete"),
    [
        (0, 0, "no_reserve", "nothing_lifted", "nothing_lifted"),
        (1, 0, None, "nothing_lifted", "reserves_open"),
        (0, 1, "no_reserve", None, None),
        (1, 1, None, None, "reserves_open"),
    ],
)
def test_reserves(opened: int, lifted: int, lift: str | None, answer: str | None, complete: str | None) -> None:
    judged = facts.va(reserves_open=opened, reserves_lifted=lifted)
    guards = {rules.guard_lift: lift, rules.guard_answer_lifted: answer, rules.guard_complete: complete}
    for guard, code in guards.items():
        assert [r.code for r in guard(judged)] == ([code] if code else [])


def test_lifted_reserves_are_answered_on_a_firm_order_only() -> None:
    judged = facts.va(reserves_lifted=1, order_state="cancelled")
    assert [r.code for r in rules.guard_answer_lifted(judged)] == ["order_not_firm"]


@pytest.mark.parametrize("code", CODES)
def test_each_box_is_answered(code: str) -> None:
    whole = dict.fromkeys(CODES, YES)
    assert rules.check_decisions(whole, RULES) == []
    assert rules.check_decisions(whole | {code: NO}, RULES) == []
    for silent in (whole | {code: SILENT}, {key: YES for key in CODES if key != code}):
        assert [(r.code, r.field) for r in rules.check_decisions(silent, RULES)] == [("unanswered", code)]
    mute = rules.check_decisions(whole | {code: Decision(False, "  ")}, RULES)
    assert [(r.code, r.field) for r in mute] == [("missing_reason", f"{code}_reason")]


def test_nothing_is_ticked_beforehand() -> None:
    assert [r.code for r in rules.check_decisions({}, RULES)] == ["unanswered"] * 5


def test_refusing_everything_is_another_act() -> None:
    assert [r.code for r in rules.check_decisions(dict.fromkeys(CODES, NO), RULES)] == ["all_refused"]


def test_the_signature_is_chosen_by_the_answers() -> None:
    whole = dict.fromkeys(CODES, YES)
    assert rules.signature_verb(whole, late=False) == "sign"
    assert rules.signature_verb(whole | {"mss": NO}, late=False) == "sign_with_reserves"
