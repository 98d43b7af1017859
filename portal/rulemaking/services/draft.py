"""Writing a draft: start it, change it, submit it, send it back, give it up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION
from portal.common import clock
from portal.common.refusals import refuse
from portal.programmes.domain.parse import parse
from portal.programmes.domain.ruleset import BadRuleSet
from portal.programmes.models import RuleSetVersion
from portal.programmes.selectors import version_for
from portal.rulemaking.domain.lifecycle import ARRETE, DATE, INCIDENT, ORIGIN
from portal.rulemaking.domain.proposal import Proposal, proposed
from portal.rulemaking.models import Amendment
from portal.rulemaking.services.machine import AMENDMENTS
from portal.rulemaking.services.working_days import end_of_next_working_day
from portal.workflow.execute import Act, create, run


@dataclass(frozen=True)
class OutageReport:
    """An incident of ours as reported; ``extended_to`` None: the end of the next working day after now."""

    began_at: datetime
    ended_at: datetime
    natures: frozenset[str]
    description: str
    extended_to: datetime | None = None


@transaction.atomic
def start_amendment(*, base_id: int, actor: Actor) -> Amendment:
    """Start a draft from a version, in force or only loaded. Raises ``Refused`` for a stranger or no such version."""
    base = RuleSetVersion.objects.filter(pk=base_id).first()
    if base is None:
        raise refuse("unknown_version", "Cette version n’existe pas : choisissez-la dans la liste.", "base")
    reach = DATE if base.applies_from else ORIGIN
    return _create(Proposal(ARRETE, base.content, reach), base, actor)


@transaction.atomic
def report_outage(*, programme: str, report: OutageReport, actor: Actor) -> Amendment:
    """Record an incident of ours as a draft that moves the cut-offs it hit. Raises ``Refused``."""
    now = clock.business_now()
    _check_report(report, now)
    version = version_for(programme, now, now)
    return _create(Proposal(INCIDENT, outage_content(report, now)), version, actor)


def outage_content(report: OutageReport, now: datetime) -> dict[str, Any]:
    """The outage as the rule set keeps it, with the title and the source of its version."""
    extended_to = report.extended_to or end_of_next_working_day(max(report.ended_at, now))
    return {
        "code": f"incident-{report.began_at:%Y%m%d%H%M}",
        "title": f"Incident du portail du {report.began_at.astimezone(clock.PARIS):%d/%m/%Y}",
        "source": "Administration du portail, registre des incidents",
        "began_at": report.began_at.isoformat(),
        "ended_at": report.ended_at.isoformat(),
        "extended_to": extended_to.isoformat(),
        "natures": sorted(report.natures),
        "description": report.description,
        "confidence": "P",
    }


@transaction.atomic
def edit_amendment(
    *, amendment_id: UUID, actor: Actor, content: Mapping[str, Any], reach: str = ORIGIN, expected_version: int
) -> Amendment:
    """Change what a draft says. Raises ``Refused`` when it cannot be read, or was changed by somebody else."""
    act = Act[Any]("edit", {"content": dict(content), "reach": reach}, expected_version=expected_version)
    amendment = run(AMENDMENTS, amendment_id, actor, act)
    _check_readable(amendment.proposal, amendment.programme_id)
    return amendment


def edit_outage(*, amendment_id: UUID, actor: Actor, report: OutageReport, expected_version: int) -> Amendment:
    """Change what an incident says. Raises ``Refused`` as ``edit_amendment``."""
    now = clock.business_now()
    _check_report(report, now)
    content = outage_content(report, now)
    return edit_amendment(amendment_id=amendment_id, actor=actor, content=content, expected_version=expected_version)


def submit_amendment(*, amendment_id: UUID, actor: Actor) -> Amendment:
    """Ask for the approval of a second person. Raises ``Refused``."""
    return run(AMENDMENTS, amendment_id, actor, Act("submit"))


def send_back(*, amendment_id: UUID, actor: Actor, remark: str) -> Amendment:
    """Give a submitted draft back to its authors, with a remark. Raises ``Refused``."""
    return run(AMENDMENTS, amendment_id, actor, Act("send_back", {"remark": remark.strip()}))


def discard_amendment(*, amendment_id: UUID, actor: Actor) -> Amendment:
    """Give a draft up. Raises ``Refused``."""
    return run(AMENDMENTS, amendment_id, actor, Act("discard"))


def _create(proposal: Proposal, base: RuleSetVersion, actor: Actor) -> Amendment:
    now = clock.business_now()
    if actor.user_id is None or actor.role not in ADMINISTRATION:
        raise refuse("not_allowed", "Seule l’administration peut préparer des règles.")
    _check_readable(proposal, base.programme_id)
    amendment = Amendment(
        programme_id=base.programme_id,
        kind=proposal.kind,
        base=base,
        content=dict(proposal.content),
        reach=proposal.reach,
        created_at=now,
        created_by_id=actor.user_id,
        edited_at=now,
        edited_by_id=actor.user_id,
    )
    return create(AMENDMENTS, amendment, actor)


def _check_readable(proposal: Proposal, programme: str) -> None:
    now = clock.business_now()
    version = version_for(programme, now, now)
    try:
        parse(proposed(proposal, version.content, version.number, now))
    except BadRuleSet as error:
        raise refuse(
            "bad_rules", f"Ces règles ne peuvent pas être lues : {error}. Corrigez la valeur, puis enregistrez."
        ) from error


def _check_report(report: OutageReport, now: datetime) -> None:
    if not report.began_at < report.ended_at <= now:
        raise refuse(
            "bad_outage",
            "L’incident doit être terminé, et sa fin suivre son début. Vérifiez les deux dates.",
            "ended_at",
        )
    if report.extended_to is not None and report.extended_to < report.ended_at:
        raise refuse("bad_extension", "Le report doit suivre la fin de l’incident.", "extended_to")
