"""Canonical JSON: one byte string for one value, so that hashes can be recomputed by anybody."""

from __future__ import annotations

import hashlib
import json
from typing import Any

_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def canonical(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no blanks. Floats are refused: they have no canonical form here."""
    _refuse_floats(value)
    return _ENCODER.encode(value).encode()


def sha256_of(value: Any) -> str:
    """Hexadecimal SHA-256 of the canonical JSON of ``value``."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _refuse_floats(value: Any) -> None:
    # Texts are most of what there is: passing them here rather than by a call of their own halves the work.
    if isinstance(value, float):
        raise TypeError("no float in canonical JSON: write decimals as strings")
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError("keys of canonical JSON are strings")
            if not isinstance(item, str):
                _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            if not isinstance(item, str):
                _refuse_floats(item)
