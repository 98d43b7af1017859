"""PostgreSQL itself refuses what the services never write."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.referencing.domain.decisions import Decision
from portal.referencing.models import PointRequest, Proof, Proposal, ReferencingDossier, RequirementSet, Verdict
from portal.referencing.services.load import load_requirements
from tests.conftest import TODAY
from tests.factories.referencing import case, case_in
from tests.integration.refusals import refused_by_postgres, sql

pytestmark = pytest.mark.django_db

UNDECLARED = [
    ("draft", "referenced"),
    ("submitted", "under_review"),
    ("complete", "referenced"),
    ("to_correct", "referenced"),
    ("refused", "under_review"),
    ("withdrawn", "referenced"),
    ("abandoned", "draft"),
    ("lapsed", "submitted"),
    ("replaced", "referenced"),
]


@pytest.mark.parametrize(("state", "target"), UNDECLARED)
def test_undeclared_edge(state: str, target: str) -> None:
    one = case_in(state)
    with refused_by_postgres("(?i)transition"):
        ReferencingDossier.objects.filter(pk=one.pk).update(state=target)


def test_declared_edge_without_its_event() -> None:
    one = case_in("complete")
    with refused_by_postgres("without its audit event"):
        ReferencingDossier.objects.filter(pk=one.pk).update(state="under_review")


LATER = TODAY + timedelta(days=1)
FROZEN: list[tuple[str, dict[str, Any], str]] = [
    ("submitted", {"profiles": ["montage"]}, "content_frozen"),
    ("submitted", {"charter_at": LATER}, "charter_final"),
    ("complete", {"complete_at": TODAY - timedelta(days=99)}, "complete_final"),
    ("referenced", {"decided_at": LATER}, "referenced_final"),
    ("draft", {"created_at": LATER}, "identity_frozen"),
    ("draft", {"submitted_at": LATER}, "dossier_submitted"),
    ("draft", {"answer_due_at": LATER}, "dossier_answer_due"),
    ("to_complete", {"answer_due_at": None}, "dossier_answer_due"),
    ("draft", {"ended_at": LATER, "end_reason": "x"}, "dossier_ended"),
    ("abandoned", {"ended_by": None}, "dossier_ended_by"),
    ("suspended", {"suspension_reason": ""}, "dossier_suspended"),
    ("referenced", {"retroactive": True}, "dossier_withdrawn"),
    ("withdrawn", {"end_ground": ""}, "dossier_withdrawn"),
    ("replaced", {"successor": None}, "dossier_replaced"),
]


@pytest.mark.parametrize(("state", "change", "words"), FROZEN)
def test_a_dossier_keeps_its_facts(state: str, change: dict[str, Any], words: str) -> None:
    one = case_in(state)
    with refused_by_postgres(words):
        ReferencingDossier.objects.filter(pk=one.pk).update(**change)


def test_proofs_requests_verdicts_and_proposals_are_kept() -> None:
    one = case_in("to_correct")
    for model, change, words in (
        (Proof, {"sha256": "0" * 64}, "deposit_frozen"),
        (Proof, {"withdrawn_at": TODAY}, "proof_withdrawn_whole"),
        (PointRequest, {"points": ["DMP.01"]}, "request_frozen"),
        (Verdict, {"outcome": "met"}, "append_only|Cannot update"),
    ):
        with refused_by_postgres(f"(?i){words}"):
            model._default_manager.filter(dossier=one.pk).update(**change)
    for table in ("proof", "pointrequest", "verdict", "referencingdossier"):
        with refused_by_postgres("(?i)cannot (update or )?delete|violates"):
            sql(f"DELETE FROM referencing_{table}")  # noqa: S608


def test_two_people_decide() -> None:
    one = case_in("under_review").judge().propose(Decision.REFERENCE)
    proposal = Proposal.objects.get(dossier=one.pk)
    with refused_by_postgres("proposal_two_people"):
        Proposal.objects.filter(pk=proposal.pk).update(
            closed_at=TODAY, closed_by=proposal.proposed_by_id, outcome=Proposal.TAKEN
        )


def test_one_live_dossier_a_version() -> None:
    one = case_in("referenced")
    other = case(name="Autre").open()
    with refused_by_postgres("dossier_one_live|identity_frozen"):
        ReferencingDossier.objects.filter(pk=other.pk).update(software_version=one.version)


def test_loaded_requirements_are_final_and_loading_twice_is_one() -> None:
    assert load_requirements() == []
    with refused_by_postgres("(?i)cannot"):
        RequirementSet.objects.update(title="autre")
    with refused_by_postgres("(?i)cannot"):
        sql("DELETE FROM referencing_requirementset")
