"""What a rule set would change if it were published now: the verdicts of its publication, without writing anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from orders.domain.lifecycle import EXPIRED, LAPSED, LIVE, REALISED
from orders.domain.limits import french_day
from orders.domain.reasons import reason_words
from orders.domain.reform import Verdict, verdicts
from orders.services.courses import OrderCourse, courses
from orders.services.revival import late_va_counts
from portal.common.canonical import sha256_of
from portal.programmes.domain.ruleset import RuleSet
from portal.programmes.selectors import book_for


@dataclass(frozen=True)
class ImpactRow:
    """One order: where it would go, by which verb, and why. ``verb`` empty: it stays ended, ``reason`` says why."""

    order_id: UUID
    number: str
    supplier_name: str
    pharmacy_name: str
    finess: str
    from_state: str
    to_state: str
    verb: str
    reason_code: str
    reason: str
    amount: Decimal
    revived: bool


@dataclass(frozen=True)
class Totals:
    """Orders counted and their euros (TTC, taken in charge by the State)."""

    revived: int
    ended: int
    redated: int
    staying: int
    other: int
    euros_revived: Decimal
    euros_ended: Decimal
    staying_by_reason: dict[str, int]


@dataclass(frozen=True)
class Impact:
    """Every order that would move or that stays ended, with totals and a hash of the whole to approve it by."""

    rows: list[ImpactRow]
    totals: Totals
    sha256: str


def preview(programme: str, candidate: RuleSet, now: datetime) -> Impact:
    """The effect of publishing ``candidate`` at ``now`` on the orders of a programme, object by object."""
    book = book_for(programme, now).with_next(candidate)
    rows = [row for pair in verdicts(courses(programme), book, now) for row in _rows(*pair)]
    return Impact(
        rows, _totals(rows), sha256_of([[r.number, r.from_state, r.to_state, r.verb, r.reason_code] for r in rows])
    )


def _rows(row: OrderCourse, verdict: Verdict) -> Iterator[ImpactRow]:
    """The line of an order; none for one that nothing happens to."""
    late = late_va_counts(row, verdict)
    if verdict.stays is not None:
        yield _row(row, verdict.course.state, "", verdict.stays.code, verdict.stays.message)
    elif verdict.steps:
        first, last = verdict.steps[0], verdict.steps[-1]
        words = reason_words(last.reason) if last.verb in ("lapse", "expire") else _WORDS[last.verb]
        yield _row(row, REALISED if late else verdict.course.state, first.verb, last.reason, words)
    elif late:
        yield _row(row, REALISED, "realise", "late_va_counts", "La VA signée hors délai est désormais dans les temps")
    elif verdict.limit is not None:
        words = f"Nouveau délai : {french_day(verdict.limit)}"
        yield _row(row, row.course.state, "redate", "new_rules", words)


_WORDS = {
    "affirm": "Affermie : le dossier est dans le délai et le logiciel référencé",
    "revive_issued": "À signer de nouveau",
    "revive_conditional": "Rétablie sous condition de référencement",
    "revive_firm": "Rétablie",
    "revive_affirmed": "Rétablie, affermie",
}


def _row(row: OrderCourse, to_state: str, verb: str, code: str, reason: str) -> ImpactRow:
    return ImpactRow(
        order_id=row.pk,
        number=row.number,
        supplier_name=row.supplier,
        pharmacy_name=row.pharmacy,
        finess=row.finess,
        from_state=row.course.state,
        to_state=to_state,
        verb=verb,
        reason_code=code,
        reason=reason,
        amount=row.amount,
        revived=verb.startswith("revive"),
    )


def _totals(rows: list[ImpactRow]) -> Totals:
    revived = [r for r in rows if r.revived]
    ended = [r for r in rows if r.to_state in (LAPSED, EXPIRED) and r.verb]
    staying = [r for r in rows if not r.verb]
    redated = [r for r in rows if r.verb == "redate"]
    return Totals(
        revived=len(revived),
        ended=len(ended),
        redated=len(redated),
        staying=len(staying),
        other=len(rows) - len(revived) - len(ended) - len(staying) - len(redated),
        euros_revived=sum((r.amount for r in revived if r.to_state in LIVE), Decimal(0)),
        euros_ended=sum((r.amount for r in ended if r.from_state in LIVE), Decimal(0)),
        staying_by_reason=dict(Counter(r.reason_code for r in staying)),
    )
