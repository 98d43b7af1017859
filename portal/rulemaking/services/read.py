"""What a page shows of an amendment: its difference in words, against the rules in force or those it replaced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from portal.programmes.domain.ruleset import BadRuleSet, RuleSet
from portal.programmes.selectors import rules_of, version_for
from portal.rulemaking.domain.difference import Change, differences
from portal.rulemaking.models import Amendment
from portal.rulemaking.services.machine import candidate, in_force


@dataclass(frozen=True)
class Reading:
    """The two rule sets and what changes, by section; ``fault`` says why a draft cannot be read."""

    before: RuleSet
    after: RuleSet | None
    sections: list[tuple[str, list[Change]]]
    fault: str = ""


def reading_of(amendment: Amendment, now: datetime) -> Reading:
    """The difference that the amendment makes, or made when it was published."""
    if amendment.published and amendment.published_at:
        at = amendment.published_at
        before = rules_of(version_for(amendment.programme_id, at, at - timedelta(microseconds=1)))
        return _reading(before, rules_of(amendment.published))
    before = rules_of(in_force(amendment.programme_id, now))
    try:
        return _reading(before, candidate(amendment, now))
    except BadRuleSet as error:
        return Reading(before, None, [], str(error))


def _reading(before: RuleSet, after: RuleSet) -> Reading:
    changes = differences(before, after)
    return Reading(before, after, [(name, list(rows)) for name, rows in groupby(changes, key=lambda c: c.section)])
