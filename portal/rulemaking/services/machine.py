"""How an amendment is run by the one executor."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION, Role
from portal.accounts.selectors import holds_role
from portal.programmes.models import Programme
from portal.rulemaking.domain.guards import AmendmentFacts, guard_publish, guard_submit
from portal.rulemaking.domain.lifecycle import AMENDMENT
from portal.rulemaking.models import Amendment
from portal.rulemaking.services.scene import Scene
from portal.workflow.execute import Machine


def amendment_facts(amendment: Amendment, actor: Actor, now: datetime, scene: Scene | None = None) -> AmendmentFacts:
    """Everything the guards need."""
    scene = scene or Scene(amendment, now)
    return AmendmentFacts(
        now=now,
        kind=amendment.kind,
        before=scene.before,
        after=scene.after,
        fault=scene.fault,
        actor_id=actor.user_id,
        written_by=amendment.written_by,
    )


def parties(amendment: Amendment, actor: Actor, at: datetime) -> frozenset[Role]:
    """The administration writes the rules; its members' roles are read at the instant of the act."""
    known = actor.role in ADMINISTRATION and holds_role(actor, actor.organisation_id, at)
    return frozenset({actor.role}) if known else frozenset()


def lock_programme_of(amendment_id: UUID) -> None:
    """Acts on the drafts of one programme happen one after the other; its orders go on meanwhile."""
    Programme.objects.select_for_update(no_key=True).get(amendments=amendment_id)


AMENDMENTS: Machine[Amendment, AmendmentFacts] = Machine(
    model=Amendment,
    lifecycle=AMENDMENT,
    parties=parties,
    facts=amendment_facts,
    thread=lambda amendment: str(amendment.pk),
    guards={"submit": guard_submit, "publish": guard_publish},
    pre_lock=lock_programme_of,
    rule_set=lambda amendment: str(amendment.published) if amendment.published else "",
    audited=(
        "content_sha256",
        "reach",
        "edited_by_id",
        "submitted_at",
        "submitted_by_id",
        "published_at",
        "published_by_id",
        "published_id",
        "discarded_at",
        "discarded_by_id",
    ),
    announces=frozenset({"submit", "send_back", "publish"}),
)
