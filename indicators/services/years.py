"""Decisions about a year of results: proposed by one person, taken by another; a freeze pins every result."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from indicators.catalogue import closing_for, measures_at, open_programme
from indicators.domain.lifecycle import FREEZE, YEAR_DECISION
from indicators.domain.years import DecisionFacts, guard_decide, guard_propose, manifest
from indicators.models import Deposit, MeasureResult, YearDecision
from indicators.models.deposits import DepositState
from indicators.services.compute import compute_year
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION, Role
from portal.accounts.selectors import holds_role
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.refusals import Refused, refuse
from portal.workflow.execute import Act, Machine, check, create, lock, run

_KEY = "lineage_id", "code", "version"


def parties(decision: YearDecision, actor: Actor, at: datetime) -> frozenset[Role]:
    """The administration decides; its members' roles are read at the instant of the act."""
    known = actor.role in ADMINISTRATION and holds_role(actor, actor.organisation_id, at)
    return frozenset({actor.role}) if known else frozenset()


def decision_facts(decision: YearDecision, actor: Actor, now: datetime) -> DecisionFacts:
    """What the guards need."""
    return DecisionFacts(
        today=paris_date(now),
        kind=decision.kind,
        code=decision.code,
        codes=frozenset(one.code for one in measures_at(now, decision.year)),
        closing=closing_for(open_programme(now), decision.year),
        actor_id=actor.user_id,
        proposed_by=decision.proposed_by_id,
    )


DECISIONS: Machine[YearDecision, DecisionFacts] = Machine(
    model=YearDecision,
    lifecycle=YEAR_DECISION,
    parties=parties,
    facts=decision_facts,
    thread=lambda decision: str(decision.pk),
    guards={"decide": guard_decide},
    audited=("kind", "year", "code", "reference", "manifest", "decided_by_id", "withdrawn_by_id"),
    announces=frozenset({"decide"}),
)


@dataclass(frozen=True)
class Proposal:
    """What is proposed; ``code`` is empty for a freeze."""

    kind: str
    year: int
    code: str
    reference: str
    reason: str


@transaction.atomic
def propose_decision(*, proposal: Proposal, actor: Actor) -> YearDecision:
    """Write the proposal for a second person to approve. Raises ``Refused`` where it could never be."""
    if actor.user_id is None:
        raise refuse("not_allowed", "Une décision est proposée par une personne de l’administration.")
    now = clock.business_now()
    code = "" if proposal.kind == FREEZE else proposal.code
    decision = YearDecision(
        kind=proposal.kind,
        year=proposal.year,
        code=code,
        reference=proposal.reference,
        reason=proposal.reason,
        proposed_at=now,
        proposed_by_id=actor.user_id,
    )
    if refusals := guard_propose(decision_facts(decision, actor, now)):
        raise Refused(refusals)
    try:
        with transaction.atomic():
            return create(DECISIONS, decision, actor)
    except IntegrityError as error:
        if "year_decision_once" not in str(error):
            raise
        again = replace(decision_facts(decision, actor, now), standing=True)
        raise Refused(guard_propose(again)) from error


@transaction.atomic
def take_decision(*, decision_id: UUID, actor: Actor) -> YearDecision:
    """Approve as a second person. A freeze computes the year a last time, then pins it. Raises ``Refused``."""
    now = clock.business_now()
    decision = lock(DECISIONS, decision_id)
    if refusals := check(DECISIONS, decision, actor, "decide", now):
        raise Refused(refusals)
    stamps: dict[str, Any] = {"manifest": "", "known": {}}
    if decision.kind == FREEZE:
        with connection.cursor() as cursor:  # no deposit is accepted between what is known and what is computed
            cursor.execute("LOCK TABLE indicators_deposit IN SHARE MODE")
        compute_year(open_programme(now), decision.year)
        stamps = {"manifest": manifest_of(decision.year), "known": _last_deposits()}
    return run(DECISIONS, decision_id, actor, Act[DecisionFacts]("decide", stamps))


@transaction.atomic
def withdraw_decision(*, decision_id: UUID, actor: Actor) -> YearDecision:
    """Give the proposal up; it stays to be read. Raises ``Refused``."""
    return run(DECISIONS, decision_id, actor, Act[DecisionFacts]("withdraw"))


def manifest_of(year: int) -> str:
    """The SHA-256 of what stands for a year, regularisations apart: of a frozen year it never changes."""
    rows = MeasureResult.objects.filter(year=year, regularisation=False).order_by(*_KEY, "-revision").distinct(*_KEY)
    pinned = rows.values_list(*_KEY, "revision", "definition", "input")
    return manifest((str(lineage), *rest) for lineage, *rest in pinned)


def _last_deposits() -> dict[str, int]:
    """The sequence of the last accepted deposit of each supplier."""
    accepted = Deposit.objects.filter(state=DepositState.ACCEPTED).order_by().values("supplier")
    return {str(row["supplier"]): row["last"] for row in accepted.annotate(last=Max("sequence"))}
