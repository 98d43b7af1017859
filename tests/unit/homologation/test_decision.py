"""What may be submitted and decided, and on which terms."""

from __future__ import annotations

from dataclasses import replace

from homologation.catalogue import terms
from homologation.domain.answers import Status
from homologation.domain.completeness import assess
from homologation.domain.decision import (
    DossierFacts,
    NewReserve,
    check_terms,
    guard_approve,
    guard_decide,
    guard_submit,
)
from tests.unit.homologation.forms import CONTEXT, TODAY, answers, form


def test_submission_and_decision() -> None:
    whole = DossierFacts(assess(form(), answers(), CONTEXT), "h", "h")
    assert guard_submit(whole) == guard_decide(whole) == guard_approve(whole) == []
    assert [r.code for r in guard_decide(replace(whole, current_sha256="other"))] == ["other_snapshot"]
    proposed = assess(form(), answers(Status.PROPOSED), CONTEXT)
    assert [r.code for r in guard_submit(replace(whole, assessment=proposed))] == ["not_validated"]
    blocked = assess(form(), answers(s5__q3__contact=None), CONTEXT)
    assert [r.code for r in guard_submit(replace(whole, assessment=blocked))] == ["blocked"]
    no = replace(whole, assessment=assess(form(), answers(s5__q4=False), CONTEXT))
    assert guard_decide(no) == [] and [r.code for r in guard_approve(no)] == ["needs_reserve"]


def test_no_monthly_report_asks_for_a_reserve() -> None:
    facts = DossierFacts(assess(form(), answers(s4__rapport=False), CONTEXT), "h", "h")
    assert guard_submit(facts) == [] and [r.code for r in guard_approve(facts)] == ["needs_reserve"]


TERMS = terms("PHA-LGO-Va1").decision


def test_terms_of_a_decision() -> None:
    later, past = TODAY.replace(year=2023), TODAY
    good = NewReserve("Écrire la procédure", "Le titulaire", later)
    assert check_terms(12, [], TODAY, TERMS) == [] and check_terms(6, [good], TODAY, TERMS) == []
    assert [r.code for r in check_terms(7, [], TODAY, TERMS)] == ["bad_duration"]
    assert [r.code for r in check_terms(12, [good], TODAY, TERMS)] == ["too_long_with_reserves"]
    assert [r.field for r in check_terms(6, [NewReserve(" ", "", past)], TODAY, TERMS)] == [
        "reserve-0-text",
        "reserve-0-owner",
        "reserve-0-due_on",
    ]
