"""Euro amounts: exact decimals with two places, and the HT / TVA / TTC triple."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    """``amount`` rounded half up to the cent."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Triple:
    """An amount in euros: HT (excluding VAT), VAT, TTC (including VAT), each with two decimals."""

    ht: Decimal
    vat: Decimal
    ttc: Decimal

    @classmethod
    def from_ht(cls, ht: Decimal, rate_percent: Decimal) -> Triple:
        """The triple whose VAT is ``rate_percent`` of ``ht``, rounded half up to the cent."""
        vat = cents(ht * rate_percent / 100)
        return cls(ht=cents(ht), vat=vat, ttc=cents(ht) + vat)


def euros(amount: Decimal | None) -> str:
    """French rendering: ``1 050,00 €`` with no-break spaces; an unknown amount is « non précisé »."""
    if amount is None:
        return "non précisé"
    whole = f"{cents(amount):,.2f}".replace(",", "\u202f").replace(".", ",")
    return f"{whole}\u00a0€"
