"""The rules known at an instant, as a book: which version judges which act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.programmes.domain.ruleset import RuleSet


@dataclass(frozen=True)
class Book:
    """Every version known at one instant, oldest first. The first one judges whatever no later one reaches."""

    versions: tuple[RuleSet, ...]

    def at(self, act_at: datetime) -> RuleSet:
        """The version that judges an act of ``act_at``: the newest whose reach covers it."""
        for rules in reversed(self.versions):
            if rules.applies_from is None or rules.applies_from <= act_at:
                return rules
        return self.versions[0]

    def with_next(self, rules: RuleSet) -> Book:
        """The book as it would be with one more version, to see what it would change."""
        return Book((*self.versions, rules))
