"""When a dossier is complete: the instant at which the last needed piece arrived."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.referencing.domain.requirements import requirement_of


@dataclass(frozen=True)
class Deposit:
    """One proof deposited: what it covers, and since when; a withdrawn one covers nothing."""

    covers: frozenset[str]
    deposited_at: datetime
    withdrawn: bool = False


def complete_instant(
    required: Iterable[str], deposits: Collection[Deposit], asked_at: Mapping[str, datetime]
) -> datetime | None:
    """When the last needed piece arrived; None while one is missing, or when nothing is required.

    For each proof, the first file still there counts; where pieces were asked of its requirement (``asked_at``: the
    last time), the first one deposited since counts, unless the answer was that the earlier one is enough.
    """
    instants = []
    for proof in required:
        covering = [d.deposited_at for d in deposits if proof in d.covers and not d.withdrawn]
        if not covering:
            return None
        since = asked_at.get(requirement_of(proof))
        renewed = [at for at in covering if since is not None and at >= since]
        instants.append(min(renewed or covering))
    return max(instants, default=None)


def covered(deposits: Iterable[Deposit]) -> frozenset[str]:
    """The proofs that a live file covers."""
    return frozenset().union(*(d.covers for d in deposits if not d.withdrawn))
