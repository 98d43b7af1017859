"""What an amendment would publish at an instant, given the rules in force then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.rulemaking.domain.lifecycle import DATE, INCIDENT, ORIGIN, PUBLICATION


@dataclass(frozen=True)
class Proposal:
    """A draft: its kind, its content (the whole text of an arrêté, or the one outage of an incident), its reach."""

    kind: str
    content: Mapping[str, Any]
    reach: str = ORIGIN


def proposed(proposal: Proposal, in_force: Mapping[str, Any], number: int, now: datetime) -> dict[str, Any]:
    """The content that would be published as version ``number`` at ``now``.

    An incident adds its outage to what is in force, whatever was published meanwhile. An arrêté says everything but
    the outages, which it keeps: a text never takes an approved extension away by omission.
    """
    if proposal.kind == INCIDENT:
        outage = dict(proposal.content)
        title, source = outage.pop("title"), outage.pop("source")
        others = [row for row in in_force.get("outages", ()) if row["code"] != outage["code"]]
        content = {**in_force, "title": title, "source": source, "outages": [*others, outage]}
    else:
        content = {key: value for key, value in proposal.content.items() if key not in ("outages", "applies_from")}
        if in_force.get("outages"):
            content["outages"] = in_force["outages"]
        if proposal.reach == PUBLICATION:
            content["applies_from"] = now.isoformat()
        elif proposal.reach == DATE:
            content["applies_from"] = proposal.content.get("applies_from")
    return {**content, "version": number, "known_from": now.isoformat()}
