"""The decision as lines of text printed as they are hashed, so that anybody recomputes its seal from the paper."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.common.canonical import sha256_of

HEAD = "homologation-insi/1"


@dataclass(frozen=True)
class Decided:
    """What was decided, by whom, on which answers; ``reserves``: text, owner and day of each, as strings."""

    dossier: str
    finess: str
    snapshot_sha256: str
    signer: str
    role: str
    consent: str
    consent_text: str
    valid_from: date
    valid_until: date
    reserves: Sequence[Sequence[str]]
    decided_at: datetime


def statement(decided: Decided) -> list[str]:
    """The lines, in their order (compliance facts §1.8). ``decided_at``: UTC, ISO 8601, the string that is printed."""
    words = hashlib.sha256(decided.consent_text.encode()).hexdigest()
    return [
        HEAD,
        f"dossier={decided.dossier}",
        f"finess={decided.finess}",
        f"reponses={decided.snapshot_sha256}",
        f"decideur={decided.signer}",
        f"qualite={decided.role}",
        f"accord={decided.consent}:{words}",
        f"validite={decided.valid_from.isoformat()}/{decided.valid_until.isoformat()}",
        f"reserves={len(decided.reserves)}:{sha256_of([list(one) for one in decided.reserves])}",
        f"decision={decided.decided_at.isoformat()}",
    ]


def seal_of(lines: Sequence[str]) -> str:
    """SHA-256 of the lines in UTF-8, parted by one line feed and nothing after the last."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
