"""The parts that printed documents share, as frozen values and as the plain JSON of a snapshot.

A snapshot holds strings, integers, booleans, lists and objects only: decimals as ``"1050.00"``, instants as
ISO 8601 in UTC, days as ISO 8601, an unknown value as ``""`` (printed « non renseigné »).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from portal.common.money import cents

DEMONSTRATION = "DÉMONSTRATION – sans valeur juridique"


@dataclass(frozen=True)
class Frame:
    """What runs around a document: its names, the rules that it follows and the clocks it was made by.

    ``context``: short line above the title (programme). ``rules``: reference of the rule set and its title.
    ``made_at``: business instant of the facts stated; ``machine_at``: the machine's, shown by a demonstration.
    """

    title: str
    context: str
    funding_call: str
    number: str
    rules_reference: str
    rules_title: str
    rules_source: str
    made_at: datetime | None
    machine_at: datetime | None = None
    demo: bool = False


@dataclass(frozen=True)
class SignatureBlock:
    """A signature as printed: who, in which role and by which method (French words), when, on which bytes.

    ``document_sha256`` is the hash of the unsigned document. ``conditional_until``: last day on which the
    dossier of référencement may be completed, for a conditional order. ``scan_sha256``: of the paper signed by hand.
    """

    signer_name: str
    role: str
    method: str
    signed_at: datetime
    document_sha256: str
    conditional_until: date | None = None
    place: str = ""
    consent_text: str = ""
    scan_sha256: str = ""


def frame_json(frame: Frame) -> dict[str, Any]:
    """The frame in a snapshot, under the key ``frame``."""
    return {
        **asdict(frame),
        "made_at": instant(frame.made_at),
        "machine_at": instant(frame.machine_at),
        "demo_mention": DEMONSTRATION if frame.demo else "",
    }


def signature_json(signature: SignatureBlock | None) -> dict[str, Any] | None:
    """The signature in a snapshot; None for a document to be signed."""
    if signature is None:
        return None
    said = {
        **asdict(signature),
        "signed_at": instant(signature.signed_at),
        "conditional_until": day(signature.conditional_until),
    }
    if not signature.scan_sha256:  # so that what was signed otherwise reads as it always did
        del said["scan_sha256"]
    return said


def instant(moment: datetime | None) -> str:
    """An aware instant as ISO 8601 in UTC; empty when unknown. Raises ValueError for a naive one."""
    if moment is None:
        return ""
    if moment.tzinfo is None:
        raise ValueError("naive datetime in a document")
    return moment.astimezone(UTC).isoformat()


def day(value: date | None) -> str:
    """A calendar day as ISO 8601; empty when unknown."""
    return "" if value is None else value.isoformat()


def amount(value: Decimal | None) -> str:
    """Euros to the cent, ``"1050.00"``; empty when unknown. Raises ValueError for a fraction of a cent."""
    if value is None:
        return ""
    if cents(value) != value:
        raise ValueError(f"{value} is not an amount to the cent")
    return str(cents(value))
