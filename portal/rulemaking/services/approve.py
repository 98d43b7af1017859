"""The second person approves: the version is published, and the job that applies it to the orders is asked for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from orders.services.revival import APPLY
from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.refusals import Refused, refuse
from portal.outbox.services.jobs import enqueue
from portal.programmes.services.publish import next_number
from portal.rulemaking.domain.proposal import proposed
from portal.rulemaking.models import Amendment
from portal.rulemaking.services.machine import AMENDMENTS, amendment_facts
from portal.rulemaking.services.scene import Scene
from portal.workflow.execute import Act, check, lock, run


@transaction.atomic
def approve_amendment(*, amendment_id: UUID, actor: Actor, seen: str) -> Amendment:
    """Publish the draft as the rules in force from now on. ``seen``: the fingerprint of the page that was read.

    Raises ``Refused``: by one of its authors, for a draft that may not be published, or when what was read is no
    longer what would happen.
    """
    now = clock.business_now()
    amendment = lock(AMENDMENTS, amendment_id)
    scene = Scene(amendment, now)
    facts = amendment_facts(amendment, actor, now, scene)
    if refusals := check(AMENDMENTS, amendment, actor, "publish", now, facts):
        raise Refused(refusals)
    if seen != scene.seen:
        raise refuse(
            "effects_changed",
            "Les effets ont changé depuis que vous les avez lus. Les voici à jour : relisez-les, puis approuvez.",
        )
    code = amendment.programme_id
    content = proposed(amendment.proposal, scene.force.content, next_number(code), now)
    amendment = run(AMENDMENTS, amendment_id, actor, Act[Any]("publish", {"content": content}, data={"effects": seen}))
    enqueue(
        APPLY,
        {"programme": code, "version": content["version"]},
        dedup=job_key(amendment),
        requested_by=actor.user_id,
    )
    return amendment


def job_key(amendment: Amendment) -> str:
    """The identity of the job that applies a published amendment: one for each."""
    return f"{APPLY}:{amendment.pk}"
