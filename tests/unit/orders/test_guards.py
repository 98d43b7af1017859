"""The other guards of an order and of its installation, one decision table each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from orders.domain import installation, rules
from orders.domain.consent import DECLINE_REASONS, consent_text
from portal.accounts.domain.roles import Role
from tests.unit.orders import facts
from tests.unit.orders.facts import OFFICINE, RIVAL, RULES

MINE = replace(RIVAL, is_this_order=True)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"category": "627"}, []),
        ({"category": "628"}, []),
        ({"category": "629"}, []),
        ({"category": "611"}, ["not_eligible"]),
        ({"closed": True}, ["pharmacy_closed"]),
        ({"closed": True, "category": "611"}, ["pharmacy_closed", "not_eligible"]),
    ],
)
def test_eligible_pharmacies(changes: dict[str, Any], codes: list[str]) -> None:
    judged = facts.order(pharmacy=replace(OFFICINE, **changes))
    assert [r.code for r in rules.check_pharmacy(judged)] == codes
    assert [r.code for r in rules.guard_issue(judged)] == codes
    assert [r.code for r in rules.guard_sign_firm(judged)] == codes


@pytest.mark.parametrize(("holder", "codes"), [(None, []), (MINE, []), (RIVAL, ["slot_taken"])])
def test_one_prestation(holder: Any, codes: list[str]) -> None:
    assert [r.code for r in rules.check_slot(facts.order(holder=holder))] == codes
    assert [r.code for r in rules.guard_sign_firm(facts.order(holder=holder))] == codes
    conditional = facts.order(holder=holder, referenced=False)
    assert [r.code for r in rules.guard_sign_conditional(conditional)] == codes


def test_the_rival_and_its_date_are_named() -> None:
    (refusal,) = rules.check_slot(facts.order(holder=RIVAL))
    assert "déjà engagée avec Galène le 05/10/2022" in refusal.message
    (undated,) = rules.check_slot(facts.order(holder=replace(RIVAL, signed_at=None)))
    assert "déjà engagée avec Galène :" in undated.message


def test_issue_says_every_fault_at_once() -> None:
    content = replace(facts.CONTENT, client_name="", vat_percent=facts.CONTENT.vat_percent + 1)
    codes = [r.code for r in rules.guard_issue(facts.order(content=content, titulaire_known=False))]
    assert codes == ["missing_field", "bad_vat_rate", "no_titulaire"]


def test_a_rival_does_not_stop_the_issue() -> None:
    assert rules.guard_issue(facts.order(holder=RIVAL)) == []


@pytest.mark.parametrize(
    ("referenced", "verb", "other"),
    [(True, "sign_firm", "already_referenced"), (False, "sign_conditional", "not_referenced")],
)
def test_the_signature_is_chosen(referenced: bool, verb: str, other: str) -> None:
    judged = facts.order(referenced=referenced)
    assert rules.signature_verb(judged) == verb
    guards = {"sign_firm": rules.guard_sign_firm, "sign_conditional": rules.guard_sign_conditional}
    assert guards.pop(verb)(judged) == []
    (wrong,) = guards.values()
    assert [r.code for r in wrong(judged)] == [other]


def test_no_signature_on_a_document_that_is_not_there() -> None:
    assert [r.code for r in rules.guard_sign_firm(facts.order(document_ready=False))] == ["document_pending"]


PARTIES = {Role.SUPPLIER: "supplier", Role.DISTRIBUTOR: "supplier", Role.TITULAIRE: "pharmacy"}


@pytest.mark.parametrize("role", PARTIES)
@pytest.mark.parametrize("asked", ["", "supplier", "pharmacy"])
def test_cancelling_needs_both_sides(role: Role, asked: str) -> None:
    judged = facts.order(actor_role=role, cancel_asked_by=asked, state="signed_firm")
    expected = {"": ["nothing_asked"], PARTIES[role]: ["needs_other_party"]}.get(asked, [])
    assert [r.code for r in rules.guard_cancel(judged)] == expected
    assert [r.code for r in rules.guard_ask_cancel(judged)] == (["already_asked"] if asked else [])
    assert [r.code for r in rules.guard_keep(judged)] == ([] if asked else ["nothing_asked"])


def test_consent_words() -> None:
    assert consent_text(conditional=True).startswith(consent_text(conditional=False))
    assert "caduque" in consent_text(conditional=True)
    assert "caduque" not in consent_text(conditional=False)
    assert "other" in DECLINE_REASONS


@pytest.mark.parametrize(
    ("state", "plan", "firm"),
    [
        ("issued", "order_not_live", "order_not_live"),
        ("signed_conditional", None, "order_not_firm"),
        ("signed_firm", None, None),
        ("affirmed", None, None),
        ("realised", "order_not_live", "order_not_live"),
        ("lapsed", "order_not_live", "order_not_live"),
        ("cancelled", "order_not_live", "order_not_live"),
    ],
)
def test_works_follow_the_order(state: str, plan: str | None, firm: str | None) -> None:
    judged = facts.installation(order_state=state)
    assert [r.code for r in installation.guard_plan(judged)] == ([plan] if plan else [])
    assert [r.code for r in installation.guard_firm(judged)] == ([firm] if firm else [])


def test_reserves_of_an_installation() -> None:
    assert [r.code for r in installation.guard_lift(facts.installation())] == ["no_reserve"]
    assert installation.guard_lift(facts.installation(open_reserves=1)) == []
    assert [r.code for r in installation.guard_reserve(facts.installation(va_open=True))] == ["va_open"]


CODES = [item.code for item in RULES.checklist]


@pytest.mark.parametrize("missing", CODES)
def test_each_line_of_the_checklist(missing: str) -> None:
    done = [code for code in CODES if code != missing]
    (refusal,) = installation.check_checklist(done, RULES)
    label = next(item.label for item in RULES.checklist if item.code == missing)
    assert refusal.code == "checklist_open" and label in refusal.message
    assert installation.check_checklist(CODES, RULES) == []


DETAILS = {"final_scenario": "x", "mss_address": "a@b", "mss_kind": "ORG", "trained": "y"}


@pytest.mark.parametrize("name", DETAILS)
def test_each_effective_detail(name: str) -> None:
    assert installation.check_effective(DETAILS) == []
    (refusal,) = installation.check_effective(DETAILS | {name: " "})
    assert (refusal.code, refusal.field) == ("missing_field", name)
    left_out = {key: value for key, value in DETAILS.items() if key != name}
    assert [r.field for r in installation.check_effective(left_out)] == [name]


@pytest.mark.parametrize(
    ("cause", "detail", "codes"),
    [
        ("old_hardware", "", []),
        ("other", "Inondation", []),
        ("other", "  ", ["missing_field"]),
        ("", "", ["bad_cause"]),
        ("unknown", "x", ["bad_cause"]),
    ],
)
def test_failures_have_a_cause(cause: str, detail: str, codes: list[str]) -> None:
    assert [r.code for r in installation.check_failure(cause, detail)] == codes
