"""Reading a literal table of cells, and asking the real executor about each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, cast

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.workflow.execute import Machine, check
from portal.workflow.lifecycle import Lifecycle

LETTERS = {
    "F": Role.SUPPLIER,
    "D": Role.DISTRIBUTOR,
    "T": Role.TITULAIRE,
    "A": Role.ADJOINT,
    "P": Role.PREPARATEUR,
    "I": Role.INSTRUCTOR,
    "V": Role.VALIDATOR,
    "S": Role.SYSTEM,
}
Expected = tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """One state, verb and role, and the codes of the refusals (none: allowed)."""

    state: str
    verb: str
    role: Role
    codes: Expected

    def __str__(self) -> str:
        return f"{self.state}-{self.verb}-{self.role}"


def cells(table: str, roles: dict[str, str]) -> list[Cell]:
    """Cells of a table: states across, verbs down; ``ok``, ``-`` for a wrong state, or codes joined by ``+``.

    ``roles`` says by letters who may do each verb; everybody else is ``not_allowed`` in every state.
    """
    header, *lines = [line.split() for line in table.strip().splitlines()]
    return [cell for line in lines for cell in _line(header[1:], line, roles[line[0]])]


def _line(states: list[str], line: list[str], letters: str) -> Iterator[Cell]:
    verb, *marks = line
    assert len(marks) == len(states), f"{verb}: {len(marks)} marks for {len(states)} states"
    for state, mark in zip(states, marks, strict=True):
        for letter, role in LETTERS.items():
            yield Cell(state, verb, role, _codes(mark) if letter in letters else ("not_allowed",))


def _codes(mark: str) -> Expected:
    return {"ok": (), "-": ("wrong_state",)}.get(mark, tuple(mark.split("+")))


def judged(machine: Machine[Any, Any], cell: Cell, facts: Any) -> Expected:
    """The codes that the executor gives for a cell whose object really has the role's party."""
    alone = cast(Callable[..., frozenset[Role]], lambda obj, actor, at: frozenset({actor.role}))
    stub = cast(Any, SimpleNamespace(state=cell.state))
    refusals = check(replace(machine, parties=alone), stub, Actor(cell.role), cell.verb, facts.now, facts)
    return tuple(refusal.code for refusal in refusals)


def complete(table: list[Cell], lifecycle: Lifecycle) -> bool:
    """Whether the table names every state, verb and role exactly once."""
    named = [(cell.state, cell.verb, cell.role) for cell in table]
    wanted = {(s, t.verb, r) for s in lifecycle.states for t in lifecycle.transitions for r in Role}
    return len(named) == len(set(named)) and set(named) == wanted
