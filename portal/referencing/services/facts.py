"""What is known of a dossier, each thing read once, and the frozen facts that its guards judge."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from portal.accounts.actors import Actor
from portal.common import clock
from portal.programmes.domain.ruleset import Milestone
from portal.programmes.selectors import ruleset_for
from portal.referencing.domain.completeness import Deposit, complete_instant, covered
from portal.referencing.domain.lifecycle import DECIDING, DRAFT, REFERENCED
from portal.referencing.domain.requirements import RequirementList
from portal.referencing.domain.rules import DossierFacts
from portal.referencing.models import PointRequest, Proof, Proposal, ReferencingDossier, Verdict


class Reading:
    """A dossier with what hangs on it, read on demand and once; what its state excludes is not looked for."""

    def __init__(self, dossier: ReferencingDossier, now: datetime | None = None) -> None:
        self.dossier = dossier
        self.now = now or clock.business_now()

    @cached_property
    def listed(self) -> RequirementList:
        """The requirements of the version that the dossier was opened under."""
        return self.dossier.requirement_set.listed

    @cached_property
    def closing(self) -> Milestone | None:
        """When the desk of the proofs closes, by the rules as known now; it only cuts a first deposit."""
        if self.dossier.state != DRAFT:
            return None
        return ruleset_for(self.dossier.programme_id, self.now, self.now).milestone("deposit_proofs", "closes")

    @cached_property
    def proofs(self) -> list[Proof]:
        """Every file ever deposited, withdrawn ones included, oldest first."""
        return list(self.dossier.proofs.select_related("deposited_by").order_by("deposited_at", "pk"))

    @cached_property
    def requests(self) -> list[PointRequest]:
        """What was asked of the supplier, oldest first."""
        if self.dossier.submitted_at is None:
            return []
        return list(self.dossier.requests.order_by("asked_at", "pk"))

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """Every verdict, oldest first."""
        if self.dossier.complete_at is None:
            return []
        return list(self.dossier.verdicts.select_related("judged_by").order_by("pk"))

    @cached_property
    def proposal(self) -> Proposal | None:
        """The decision that waits for the validator."""
        if self.dossier.state not in DECIDING:
            return None
        waiting = self.dossier.proposals.filter(closed_at=None).select_related("proposed_by")
        return waiting.first()

    @property
    def open_request(self) -> PointRequest | None:
        """What the supplier has still to answer."""
        return next((r for r in self.requests if r.answered_at is None), None)

    @property
    def last_verdicts(self) -> dict[str, Verdict]:
        """The verdict that counts on each requirement."""
        return {verdict.requirement: verdict for verdict in self.verdicts}

    @property
    def deposits(self) -> list[Deposit]:
        """The files as the rules see them."""
        return [Deposit(frozenset(p.covers), p.deposited_at, p.withdrawn_at is not None) for p in self.proofs]

    @property
    def required(self) -> frozenset[str]:
        """The proofs that the dossier needs."""
        return self.listed.required_proofs(self.dossier.profiles)

    def complete_instant(self) -> datetime | None:
        """When the last needed piece arrived."""
        asked = {p: r.asked_at for r in self.requests if r.kind == PointRequest.PIECES for p in r.points}
        return complete_instant(self.required, self.deposits, asked)


def dossier_facts(
    dossier: ReferencingDossier, actor: Actor, now: datetime, reading: Reading | None = None
) -> DossierFacts:
    """Everything the guards need; ``reading``: what the caller has read already."""
    reading = reading or Reading(dossier, now)
    closing, asked = reading.closing, reading.open_request
    proposal = reading.proposal
    return DossierFacts(
        now=now,
        closes_at=closing.at if closing else None,
        closes_source=closing.source if closing else "",
        charter_accepted=dossier.charter_at is not None,
        numbered=bool(dossier.nie and dossier.nil),
        required=reading.required,
        covered=covered(reading.deposits),
        blocking=reading.listed.blocking(dossier.profiles),
        verdicts={code: verdict.outcome for code, verdict in reading.last_verdicts.items()},
        asked=frozenset(asked.points) if asked else frozenset(),
        renewed=_renewed(reading),
        answer_due_at=dossier.answer_due_at,
        proposal=proposal.decision if proposal else "",
        own_proposal=proposal is not None and proposal.proposed_by_id == actor.user_id,
        successor=None if dossier.successor is None else dossier.successor.state == REFERENCED,
        earliest_effect=dossier.referenced_at or dossier.complete_at,
    )


def _renewed(reading: Reading) -> frozenset[str]:
    asked = reading.open_request
    if asked is None:
        return frozenset()
    fresh = {c for p in reading.proofs if p.withdrawn_at is None and p.deposited_at >= asked.asked_at for c in p.covers}
    return frozenset(r for r in asked.points if any(code.startswith(f"{r}.") for code in fresh))
