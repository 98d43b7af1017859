"""What a certificate of affermissement prints: the number that the signed order had to leave empty, and the two dates.

Source: S, mention « bon de commande conditionné »; domain facts §3. The signed order is never touched.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from orders.domain.snapshot import OrderParts, order_frame
from portal.documents.domain.blocks import day, frame_json, instant
from portal.programmes.domain.ruleset import RuleSet

SCHEMA = "affirmation/1"


@dataclass(frozen=True)
class AffirmationParts:
    """The order, and the facts by which its condition is met. ``limit``: last day to complete the dossier."""

    order: OrderParts
    signed_at: datetime | None
    counts_from: datetime | None
    limit: date | None
    complete_at: datetime | None
    affirmed_at: datetime | None
    referencing_number: str


def affirmation_snapshot(parts: AffirmationParts, rules: RuleSet) -> dict[str, Any]:
    """The canonical value from which the certificate is made. Raises ValueError without a numéro unique."""
    if not parts.referencing_number:
        raise ValueError("an order is not affirmed without the numéro unique of its software")
    frame = replace(order_frame(parts.order, rules), title="Certificat d’affermissement", made_at=parts.affirmed_at)
    return {
        "schema": SCHEMA,
        "frame": frame_json(frame),
        "supplier": asdict(parts.order.supplier),
        "client": asdict(parts.order.client),
        "software": {"name": parts.order.software_name, "version": parts.order.software_version},
        "referencing_number": parts.referencing_number,
        "signed_at": instant(parts.signed_at),
        "counts_from": instant(parts.counts_from),
        "limit": day(parts.limit),
        "limit_days": rules.conditional.limit_days,
        "complete_at": instant(parts.complete_at),
        "affirmed_at": instant(parts.affirmed_at),
        "conditional_mention": rules.mentions["conditional"],
    }
