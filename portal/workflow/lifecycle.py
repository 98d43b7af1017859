"""Lifecycles as data: the one table from which methods, PostgreSQL triggers, buttons, tests and diagrams come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portal.accounts.domain.roles import Role


@dataclass(frozen=True)
class Transition:
    """One verb: who may, from which states, to which one.

    ``target`` None keeps the state (an edit). ``label`` is the French name of the act, as on a button; ``done``
    tells it afterwards, as in a timeline.
    """

    verb: str
    sources: tuple[str, ...]
    target: str | None
    roles: frozenset[Role]
    label: str
    done: str

    def edges(self) -> Iterator[tuple[str, str]]:
        """The (from, to) pairs of this verb that change the state."""
        for source in self.sources:
            if self.target is not None and self.target != source:
                yield source, self.target


@dataclass(frozen=True)
class Lifecycle:
    """States and verbs of one kind of object; ``labels`` gives each state its French word."""

    name: str
    initial: str
    labels: dict[str, str]
    transitions: tuple[Transition, ...]

    def __post_init__(self) -> None:
        verbs = [t.verb for t in self.transitions]
        if len(set(verbs)) != len(verbs):
            raise ValueError(f"{self.name}: a verb is declared twice")
        named = {self.initial}.union(*(set(t.sources) | {t.target or self.initial} for t in self.transitions))
        if unknown := named - set(self.labels):
            raise ValueError(f"{self.name}: states without a label: {sorted(unknown)}")

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order of ``labels``."""
        return tuple(self.labels)

    def transition(self, verb: str) -> Transition:
        """The transition of ``verb``. Raises KeyError for an unknown verb."""
        for transition in self.transitions:
            if transition.verb == verb:
                return transition
        raise KeyError(f"{self.name} has no verb {verb!r}")

    def edges(self) -> list[tuple[str, str]]:
        """Every allowed change of state, sorted, each once."""
        return sorted({edge for t in self.transitions for edge in t.edges()})
