"""What changed between two sets of answers: the same for the page, the dossier's annex and the API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from homologation.domain.questions import ROW, TABLE, Questionnaire
from homologation.domain.risks import RISKS, rank, read_risk

ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True)
class Change:
    """One difference. ``row`` and ``column`` are empty outside a table, ``column`` also for a whole row."""

    kind: str
    key: str
    before: Any
    after: Any
    row: str = ""
    column: str = ""


@dataclass(frozen=True)
class Piece:
    """A run of words of a text: kept, added or removed."""

    kind: str
    text: str


def differences(questionnaire: Questionnaire, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Every change of value, in the order of the form; keys of another version come last, sorted."""
    order = questionnaire.by_key
    others = sorted((set(before) | set(after)) - set(order))
    changes: list[Change] = []
    for key in [*order, *others]:
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        table = key in order and order[key].type == TABLE
        changes += _rows(key, old or [], new or []) if table else [Change(_kind(old, new), key, old, new)]
    return changes


def _kind(old: Any, new: Any) -> str:
    if old is None:
        return ADDED
    return REMOVED if new is None else CHANGED


def _rows(key: str, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Change]:
    before = {row[ROW]: row for row in old}
    after = {row[ROW]: row for row in new}
    for name in [*before, *(name for name in after if name not in before)]:
        was, now = before.get(name), after.get(name)
        if was is None or now is None:
            yield Change(_kind(was, now), key, was, now, row=name)
            continue
        for column in dict.fromkeys([*was, *now]):
            if was.get(column) != now.get(column):
                old_cell, new_cell = was.get(column), now.get(column)
                yield Change(_kind(old_cell, new_cell), key, old_cell, new_cell, name, column)


def words(before: str, after: str) -> list[Piece]:
    """The difference of two texts word by word: joined without the added ones it is ``before``, and so on."""
    old, new = before.split(), after.split()
    pieces = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("kept", " ".join(old[i1:i2])))
            continue
        if i2 > i1:
            pieces.append(Piece(REMOVED, " ".join(old[i1:i2])))
        if j2 > j1:
            pieces.append(Piece(ADDED, " ".join(new[j1:j2])))
    return pieces


def risk_moves(questionnaire: Questionnaire, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    """Which way each risk kept in both went, by row: ``up``, ``down`` or ``level`` (what is left of it)."""
    matrix = questionnaire.matrix
    old = {row[ROW]: read_risk(matrix, row).final for row in before.get(RISKS) or ()}
    new = {row[ROW]: read_risk(matrix, row).final for row in after.get(RISKS) or ()}
    moves = {}
    for name, code in new.items():
        was = old.get(name)
        if code is not None and was is not None:
            step = rank(matrix, code) - rank(matrix, was)
            moves[name] = "up" if step > 0 else "down" if step < 0 else "level"
    return moves
