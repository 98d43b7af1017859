"""One object of a JSON Lines log as the cells of a CSV line, so that both forms are checked by the same rules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from indicators.domain.log_format import COLUMNS

_KNOWN = frozenset(COLUMNS)
_BITS = frozenset({"mss_exchange", "e_prescription", "apcv", "finalised", "dmp_fed"})
# What a value may not hold in a CSV cell: replaced by what no field accepts.
_CELL = str.maketrans({";": "\u037e", '"': "\u201d", **{chr(code): "\ufffd" for code in range(32)}, "\x7f": "\ufffd"})


_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)


def cells(line: str) -> str | None:
    """The CSV line of one JSON object; None when it is not an object of the known keys, each once."""
    try:
        found = json.loads(line, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not found.keys() <= _KNOWN:
        return None
    return ";".join(_cell(name, found.get(name)) for name in COLUMNS)


def told(line: str) -> str:
    """All that a line says, keys and nested values too, with nothing left escaped: where patient data is looked for
    in a line that gives no cells."""
    try:
        return " ".join(_words(json.loads(line, object_pairs_hook=tuple)))
    except (ValueError, RecursionError):
        return unescaped(line)


def unescaped(text: str) -> str:
    """The text of JSON, whole or not, with its escapes read; those of no letter become blanks."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else " ", text)


def _words(value: object) -> Iterator[str]:
    """Every key and value held by a value of JSON, whatever the depth."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            left += [part for pair in reversed(one.items()) for part in reversed(pair)]
        elif isinstance(one, list | tuple):
            left += reversed(one)
        else:
            yield one if isinstance(one, str) else json.dumps(one)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("repeated key")
    return found


def _cell(name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        # A lone surrogate is no character: it could not be written.
        return value.translate(_CELL).encode("utf-8", "replace").decode()
    if name in _BITS and (value is True or value is False or (type(value) is int and value in (0, 1))):
        return str(int(value))
    if name == "revision" and type(value) is int:
        return str(value)
    return "#" + " ".join(_words(value)).translate(_CELL).encode("utf-8", "replace").decode()
