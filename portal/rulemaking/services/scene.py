"""Everything around one amendment, each thing read at most once: a page shares it among its checks and its tables."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from itertools import groupby

from orders.services.impact import Impact, preview
from portal.common.canonical import sha256_of
from portal.programmes.domain.parse import parse
from portal.programmes.domain.ruleset import BadRuleSet, RuleSet
from portal.programmes.models import RuleSetVersion
from portal.programmes.selectors import rules_of, version_for
from portal.rulemaking.domain.difference import Change, differences
from portal.rulemaking.domain.proposal import proposed
from portal.rulemaking.models import Amendment


class Scene:
    """One amendment at one instant: the rules in force, those it proposes, what changes and what follows."""

    def __init__(self, amendment: Amendment, now: datetime) -> None:
        self.amendment, self.now = amendment, now

    @cached_property
    def force(self) -> RuleSetVersion:
        """The version that judges an act of now: what the amendment is read against."""
        return version_for(self.amendment.programme_id, self.now, self.now)

    @cached_property
    def before(self) -> RuleSet:
        """The rules in force; for a published amendment, those it replaced."""
        at = self.amendment.published_at
        if at is None:
            return rules_of(self.force)
        return rules_of(version_for(self.amendment.programme_id, at, at - timedelta(microseconds=1)))

    @cached_property
    def _read(self) -> tuple[RuleSet | None, str]:
        if self.amendment.published is not None:
            return rules_of(self.amendment.published), ""
        content = proposed(self.amendment.proposal, self.force.content, self.force.number, self.now)
        try:
            return parse(content), ""
        except BadRuleSet as error:
            return None, str(error)

    @property
    def after(self) -> RuleSet | None:
        """The rules that it proposes, or published; None where they cannot be read."""
        return self._read[0]

    @property
    def fault(self) -> str:
        """Why the draft cannot be read; empty when it can."""
        return self._read[1]

    @cached_property
    def sections(self) -> list[tuple[str, list[Change]]]:
        """What changes in words, by section."""
        changes = differences(self.before, self.after) if self.after else ()
        return [(name, list(rows)) for name, rows in groupby(changes, key=lambda change: change.section)]

    @cached_property
    def impact(self) -> Impact:
        """What publishing it now would do to each order. Raises ``BadRuleSet`` for a draft that cannot be read."""
        if self.after is None:
            raise BadRuleSet(self.fault)
        return preview(self.amendment.programme_id, self.after, self.now)

    @property
    def seen(self) -> str:
        """The fingerprint of all that an approver sees: the text, the rules in force that it changes, the effects."""
        text = [self.amendment.content_sha256, self.amendment.reach]
        return sha256_of([self.force.sha256, *text, self.impact.sha256])
