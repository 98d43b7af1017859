"""The catalogue's rule set, read as the loader does."""

from __future__ import annotations

import tomllib
from typing import Any

from portal.programmes.domain.parse import parse
from portal.programmes.domain.ruleset import RuleSet
from portal.programmes.services.load import CATALOGUE, _as_json


def raw() -> dict[str, Any]:
    """The content of version 1 as JSON values, new at each call."""
    text = (CATALOGUE / "PHA-LGO-Va1/rules-2022-09-14.toml").read_text(encoding="utf-8")
    content: dict[str, Any] = _as_json(tomllib.loads(text))
    return content


def rules() -> RuleSet:
    """Version 1, parsed."""
    return parse(raw())
