"""A later version said by what it changes: the catalogue's files after the first, and the drafts of a new arrêté."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.programmes.domain.ruleset import BadRuleSet

KEYED = {"calendar": "code", "outages": "code"}
"""Lists whose rows are told apart by a key: a row of the change replaces the one of the same key, or is added."""


def amended(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The content of ``base`` with ``changes``: scalars and other lists replaced, tables merged, keyed rows by key.

    ``drop = {calendar = ["code", …]}`` takes rows away. Raises ``BadRuleSet`` for a row to drop that is not there.
    """
    content = dict(base)
    for name, value in changes.items():
        if name in ("amends", "drop"):
            continue
        old = content.get(name)
        if name in KEYED:
            content[name] = _by_key(old or [], value, KEYED[name])
        elif isinstance(value, Mapping) and isinstance(old, Mapping):
            content[name] = {**old, **value}
        else:
            content[name] = value
    for name, keys in changes.get("drop", {}).items():
        present = [row[KEYED[name]] for row in content[name]]
        if missing := set(keys) - set(present):
            raise BadRuleSet(f"drop.{name} : {', '.join(sorted(missing))} n’existe pas")
        content[name] = [row for row in content[name] if row[KEYED[name]] not in keys]
    return content


def _by_key(old: list[dict[str, Any]], new: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    rows = {row[key]: row for row in old}
    rows.update({row[key]: row for row in new})
    return list(rows.values())
