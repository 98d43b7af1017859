"""What orders and VAs print, as canonical values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from attestations.domain.snapshot import Answer, attestation_snapshot
from orders.domain.snapshot import CertificateBlock, Mailbox, order_snapshot
from portal.common.canonical import sha256_of
from portal.common.clock import frozen
from tests.unit.documents import parts

RULES = parts.rules()


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


@pytest.mark.parametrize("order", [parts.ORDER, parts.CONDITIONAL, parts.BARE])
def test_an_order_snapshot_is_canonical_and_depends_on_no_clock(order: Any) -> None:
    snapshot = order_snapshot(order, RULES, parts.SIGNATURE)
    with frozen(business=parts.MACHINE, machine=parts.MACHINE):
        assert sha256_of(order_snapshot(order, RULES, parts.SIGNATURE)) == sha256_of(snapshot)
    assert {type(leaf) for leaf in leaves(snapshot)} <= {str, int, bool, type(None)}


def test_amounts_are_strings_to_the_cent() -> None:
    snapshot = order_snapshot(parts.ORDER, RULES)
    assert snapshot["line"] == {
        "label": "Prestation Ségur PHA-LGO-Va1",
        "ht": "875.00",
        "vat": "175.00",
        "ttc": "1050.00",
        "vat_percent": "20.00",
    }
    assert snapshot["state_amount"] == "1050.00"


def test_a_conditional_order_carries_the_mention_and_no_number() -> None:
    snapshot = order_snapshot(parts.CONDITIONAL, RULES)
    assert snapshot["conditional_mention"] == RULES.mentions["conditional"]
    assert snapshot["software"]["referencing_number"] == ""


def test_a_firm_order_carries_the_number_and_no_conditional_mention() -> None:
    snapshot = order_snapshot(parts.ORDER, RULES)
    assert snapshot["conditional_mention"] == ""
    assert snapshot["software"]["referencing_number"] == "SEG-PHA-LGO-2022-0042"


def test_a_conditional_order_with_a_number_is_a_contradiction() -> None:
    with pytest.raises(ValueError, match="empty"):
        order_snapshot(replace(parts.ORDER, conditional=True), RULES)


def test_every_mention_of_the_form_comes_from_the_rule_set_word_for_word() -> None:
    printed = order_snapshot(parts.ORDER, RULES)["mentions"]
    assert printed == {key: RULES.mentions[key] for key in printed}
    forms_own = set(RULES.mentions) - {"source", "confidence", "conditional"}
    assert set(printed) == forms_own


@pytest.mark.parametrize(("status", "label"), [("supplier", "Éditeur"), ("pharmacist", "Pharmacien"), ("", "")])
def test_the_status_of_the_administrator_is_said_in_french(status: str, label: str) -> None:
    block = CertificateBlock("", status, "", "", "")
    assert order_snapshot(replace(parts.ORDER, certificates=block), RULES)["certificates"]["status"] == label


@pytest.mark.parametrize(("has", "answer"), [(True, "OUI"), (False, "NON"), (None, "")])
def test_mailbox_questions_are_answered_as_on_the_form(has: bool | None, answer: str) -> None:
    order = replace(parts.ORDER, personal_mailbox=Mailbox(has, "Opérateur"))
    assert order_snapshot(order, RULES)["mailboxes"]["personal"]["answer"] == answer


def test_a_demonstration_says_so_and_shows_both_clocks() -> None:
    frame = order_snapshot(replace(parts.ORDER, demo=True), RULES)["frame"]
    assert frame["demo_mention"] == "DÉMONSTRATION – sans valeur juridique"
    assert (frame["made_at"], frame["machine_at"]) == ("2022-11-15T09:32:00+00:00", "2026-01-05T09:02:03+00:00")
    assert order_snapshot(parts.ORDER, RULES)["frame"]["demo_mention"] == ""


def test_the_five_statements_are_the_rule_sets_each_with_its_decision() -> None:
    answers = [Answer("general", "accepted"), Answer("mss", "refused", "Pas de sensibilisation reçue.")]
    statements = attestation_snapshot(replace(parts.ATTESTATION, answers=answers), RULES)["statements"]
    assert [(s["heading"], s["text"]) for s in statements] == [(s.heading, s.text) for s in RULES.va_statements]
    assert [s["decision_label"] for s in statements] == [
        "Attesté",
        "Sans réponse",
        "Sans réponse",
        "Sans réponse",
        "Refusé",
    ]
    assert statements[-1]["reason"] == "Pas de sensibilisation reçue."


def test_nothing_is_ticked_before_an_answer() -> None:
    snapshot = attestation_snapshot(parts.ATTESTATION, RULES)
    assert {s["decision"] for s in snapshot["statements"]} == {"unanswered"}
    assert snapshot["reserves"] == 0


@pytest.mark.parametrize("answer", [Answer("mss", "refused", " "), Answer("unknown", "accepted")])
def test_a_refusal_without_reason_and_an_unknown_statement_are_errors(answer: Answer) -> None:
    with pytest.raises(ValueError, match=r"mss|unknown"):
        attestation_snapshot(replace(parts.ATTESTATION, answers=[answer]), RULES)


def test_a_va_snapshot_is_canonical() -> None:
    snapshot = attestation_snapshot(parts.ATTESTATION, RULES, parts.SIGNATURE)
    assert {type(leaf) for leaf in leaves(snapshot)} <= {str, int, bool, type(None)}
    assert snapshot["mss"] == {"address": "pharmacie.hdv@officine.mssante.fr", "kind": "organisationnelle"}
