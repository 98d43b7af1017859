"""The rules of a dossier around their borders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal.referencing.domain.completeness import Deposit, complete_instant, covered
from portal.referencing.domain.decisions import Decision
from portal.referencing.domain.files import check_name
from portal.referencing.domain.rules import (
    DossierFacts,
    check_answer,
    check_due,
    check_effect,
    check_points,
    check_proposal,
    check_typed,
    guard_answer,
    guard_lapse,
    guard_reference,
    guard_submit,
)

NOW = datetime(2022, 11, 15, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
A, B = "INS.01.01.01", "DMP.01.01.01"


def at(day: int) -> datetime:
    return datetime(2022, 10, day, 9, tzinfo=UTC)


def deposit(day: int, *covers: str, withdrawn: bool = False) -> Deposit:
    return Deposit(frozenset(covers), at(day), withdrawn)


@pytest.mark.parametrize(
    ("deposits", "asked", "expected"),
    [
        ([deposit(1, A, B)], {}, 1),
        ([deposit(1, A), deposit(5, B)], {}, 5),
        ([deposit(1, A), deposit(5, B), deposit(9, A)], {}, 5),  # a second file of the same proof moves nothing
        ([deposit(1, A, withdrawn=True), deposit(5, B), deposit(9, A)], {}, 9),  # but one that replaces it does
        ([deposit(1, A), deposit(5, B), deposit(9, A)], {"INS.01": at(7)}, 9),  # asked for again, then deposited
        ([deposit(1, A), deposit(5, B)], {"INS.01": at(7)}, 5),  # asked for again, judged enough as it was
        ([deposit(1, A), deposit(5, B), deposit(7, A)], {"INS.01": at(7)}, 7),  # at the very instant
        ([deposit(1, A), deposit(5, B), deposit(9, A)], {"DMP.01": at(7)}, 5),
        ([deposit(1, A)], {}, None),
        ([deposit(1, A), deposit(5, B, withdrawn=True)], {}, None),
        ([], {}, None),
    ],
)
def test_complete_since(deposits: list[Deposit], asked: dict[str, datetime], expected: int | None) -> None:
    assert complete_instant((A, B), deposits, asked) == (at(expected) if expected else None)


def test_nothing_required_has_no_instant() -> None:
    assert complete_instant((), [deposit(1, A)], {}) is None
    assert covered([deposit(1, A), deposit(2, B, withdrawn=True)]) == {A}


@pytest.mark.parametrize(("shift", "codes"), [(-SECOND, []), (0 * SECOND, ["closed"]), (SECOND, ["closed"])])
def test_the_desk_closes_at_its_very_second(shift: timedelta, codes: list[str]) -> None:
    facts = DossierFacts(now=NOW + shift, charter_accepted=True, numbered=True, closes_at=NOW)
    assert [r.code for r in guard_submit(facts)] == codes


@pytest.mark.parametrize(
    ("shift", "answer", "lapse"),
    [(-SECOND, [], ["not_due"]), (0 * SECOND, ["too_late"], []), (SECOND, ["too_late"], [])],
)
def test_answering_ends_when_lapsing_begins(shift: timedelta, answer: list[str], lapse: list[str]) -> None:
    facts = DossierFacts(now=NOW + shift, answer_due_at=NOW)
    assert [r.code for r in guard_answer(facts)] == answer
    assert [r.code for r in guard_lapse(facts)] == lapse


@pytest.mark.parametrize(("shift", "codes"), [(-SECOND, ["past"]), (0 * SECOND, ["past"]), (SECOND, [])])
def test_a_limit_lies_ahead(shift: timedelta, codes: list[str]) -> None:
    assert [r.code for r in check_due(DossierFacts(now=NOW), NOW + shift)] == codes


@pytest.mark.parametrize(("shift", "codes"), [(-SECOND, ["no_longer"]), (0 * SECOND, ["no_longer"]), (SECOND, [])])
def test_an_extension_goes_further(shift: timedelta, codes: list[str]) -> None:
    due = NOW + timedelta(days=3)
    assert [r.code for r in check_due(DossierFacts(now=NOW, answer_due_at=due), due + shift)] == codes


def test_each_point_is_answered_or_explained() -> None:
    facts = DossierFacts(now=NOW, asked=frozenset({"INS.01", "DMP.01"}), renewed=frozenset({"DMP.01"}))
    assert "INS.01" in check_answer(facts, "")[0].message
    assert check_answer(facts, "La pièce suffit.") == []


def test_points_belong_to_the_dossier() -> None:
    assert check_points(["INS.01"], ["INS.01", "DMP.01"]) == []
    assert check_points([], ["INS.01"]) and check_points(["X.01"], ["INS.01"])


@pytest.mark.parametrize(
    ("decision", "shift", "retroactive", "codes"),
    [
        (Decision.REFERENCE, -SECOND, False, []),
        (Decision.REFERENCE, 0 * SECOND, False, []),
        (Decision.REFERENCE, SECOND, False, ["ahead"]),
        (Decision.WITHDRAW, -SECOND, False, ["not_retroactive"]),
        (Decision.WITHDRAW, -SECOND, True, []),
        (Decision.WITHDRAW, 0 * SECOND, False, []),
        (Decision.WITHDRAW, SECOND, False, []),
    ],
)
def test_when_a_decision_takes_effect(
    decision: Decision, shift: timedelta, retroactive: bool, codes: list[str]
) -> None:
    assert [r.code for r in check_effect(DossierFacts(now=NOW), decision, NOW + shift, retroactive)] == codes
    assert check_effect(DossierFacts(now=NOW), decision, None, retroactive) == []


def test_what_was_proposed_still_has_to_hold() -> None:
    facts = DossierFacts(now=NOW, proposal="reference", blocking=frozenset({"INS.01"}), verdicts={"INS.01": "met"})
    assert guard_reference(facts) == []
    spoilt = DossierFacts(now=NOW, proposal="reference", blocking=frozenset({"INS.01"}), verdicts={})
    assert [r.code for r in guard_reference(spoilt)] == ["unmet"]
    assert check_proposal(spoilt, Decision.REFUSE) == []


@pytest.mark.parametrize(
    ("typed", "accepted"), [("Officia  LGO 5.2 ", True), ("officia lgo 5.2", True), ("Officia", False)]
)
def test_giving_up_is_typed(typed: str, accepted: bool) -> None:
    assert (check_typed(typed, "Officia LGO 5.2") == []) is accepted


@pytest.mark.parametrize(
    ("name", "media_type", "archive", "good"),
    [
        ("a.pdf", "application/pdf", "", True),
        ("a.PDF", "application/pdf", "", True),
        ("a.jpeg", "image/jpeg", "", True),
        ("a.docx", "application/zip", ".docx", True),
        ("a.zip", "application/zip", ".docx", False),
        ("a.docx", "application/zip", ".zip", False),
        ("a.html", "application/pdf", "", False),
        ("pdf", "application/pdf", "", False),
    ],
)
def test_names(name: str, media_type: str, archive: str, good: bool) -> None:
    assert [r.code for r in check_name(name, media_type, archive)] == ([] if good else ["bad_suffix"])
