"""The rules known at an instant, as a book: which version judges which act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

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


class Dated(Protocol):
    """What is asked of a published version: since when anybody could know it."""

    @property
    def known_from(self) -> datetime:
        """The instant of its publication, business time."""


Version = TypeVar("Version", bound=Dated)


def known(versions: Sequence[Version], known_at: datetime) -> list[Version]:
    """Those known at ``known_at`` among versions in the order of their publication: half-open, ``known_from`` included.

    Where none was known yet, the first one, which judges everything.
    """
    return [version for version in versions if version.known_from <= known_at] or list(versions[:1])
