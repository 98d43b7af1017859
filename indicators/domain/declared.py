"""What a pharmacist declares on the insurer's site and that the portal does not measure, as data.

Source: FSPF14, PH13, QP-2024 (keys in docs/GLOSSARY.md).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Declared:
    """One line to declare, from the year ``since`` on. ``amount``: euros a year, None where no source states it;
    ``sure``: where the source leaves no doubt."""

    title: str
    since: int
    amount: Decimal | None
    sure: bool
    source: str
    note: str


def declared_from(text: str) -> tuple[Declared, ...]:
    """The lines that a catalogue file states."""
    return tuple(
        Declared(
            row["title"],
            row["from"],
            Decimal(row["amount"]) if "amount" in row else None,
            row["confidence"] == "C",
            row["source"],
            row["note"],
        )
        for row in tomllib.loads(text).get("declared", ())
    )
