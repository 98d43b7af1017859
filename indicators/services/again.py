"""Asking for the results to be computed again where counters were put right."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID, uuid4

from portal.outbox.services.publish import publish

RECOUNTED = "activity.recounted"
_MOST = 1000
"""Pharmacies in one message."""


def ask_results(by_year: Mapping[int, Collection[UUID]]) -> None:
    """Have the results of these pharmacies computed again, once the caller's transaction is committed."""
    run = uuid4().hex
    for year, pharmacies in sorted(by_year.items()):
        keys = sorted(str(key) for key in pharmacies)
        for start in range(0, len(keys), _MOST):
            payload = {"year": year, "pharmacies": keys[start : start + _MOST]}
            publish(RECOUNTED, payload, dedup=f"{RECOUNTED}:{run}:{year}:{start}")
