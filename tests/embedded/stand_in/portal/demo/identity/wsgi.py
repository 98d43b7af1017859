"""The identity provider of the stand-in: it only answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def application(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """One word."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"identity"]
