"""Drafts of rules and their authors, made by the services."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from portal.accounts.actors import Actor
from portal.common import clock
from portal.programmes.models import RuleSetVersion
from portal.rulemaking.domain.lifecycle import ORIGIN
from portal.rulemaking.models import Amendment
from portal.rulemaking.services.approve import approve_amendment
from portal.rulemaking.services.draft import edit_amendment, start_amendment, submit_amendment
from portal.rulemaking.services.scene import Scene
from tests.factories import people


def version(number: int) -> RuleSetVersion:
    """A version of the first programme."""
    return RuleSetVersion.objects.get(programme=people.PROGRAMME, number=number)


def start(actor: Actor, number: int = 1) -> Amendment:
    """A draft from a version of the catalogue."""
    return start_amendment(base_id=version(number).pk, actor=actor)


def closing(content: dict[str, Any], nature: str, day: str, hour: str = "14:00:00") -> dict[str, Any]:
    """The content with one closing moved."""
    rows = [
        {**row, "day": day, "hour": hour} if (row["nature"], row["bound"]) == (nature, "closes") else row
        for row in content["calendar"]
    ]
    return {**content, "calendar": rows}


def edit(
    amendment: Amendment, actor: Actor, change: Callable[[dict[str, Any]], dict[str, Any]], reach: str = ORIGIN
) -> Amendment:
    """Change the content of a draft."""
    amendment.refresh_from_db()
    return edit_amendment(
        amendment_id=amendment.pk,
        actor=actor,
        content=change(dict(amendment.content)),
        reach=reach,
        expected_version=amendment.version,
    )


def moved(actor: Actor, nature: str, day: str, reach: str = ORIGIN) -> Amendment:
    """A draft that moves one closing."""
    return edit(start(actor), actor, lambda content: closing(content, nature, day), reach)


def seen(amendment: Amendment) -> str:
    """The fingerprint of what an approver reads now."""
    amendment.refresh_from_db()
    return Scene(amendment, clock.business_now()).seen


def publish(amendment: Amendment, author: Actor, approver: Actor, at: datetime | None = None) -> Amendment:
    """Submit by one person, approve by another."""
    with clock.frozen(business=at or clock.business_now()):
        submit_amendment(amendment_id=amendment.pk, actor=author)
        return approve_amendment(amendment_id=amendment.pk, actor=approver, seen=seen(amendment))
