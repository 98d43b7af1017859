"""Reading many pharmacies at once, for their supplier or for the administration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db.models import F, QuerySet

from indicators.domain.distribution import Place
from indicators.domain.reward import FULFILLED
from indicators.models import MeasureResult
from orders.domain.lifecycle import LIVE
from orders.selectors import visible_to
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION, Role

_PLACE = "lineage__pharmacies__"
_STANDING = "-version", "regularisation", "-revision"
"""Which result of a lineage stands comes first: of a frozen year, what came since comes after."""
_COLUMNS = (
    "lineage",
    *(f"{_PLACE}{name}" for name in ("finess", "name", "city", "department")),
    *("state", "numerator", "denominator", "rate", "missing", "amount", "months_missing"),
)


def may_compare(actor: Actor) -> bool:
    """Whether the actor has many pharmacies to compare: a supplier, or the administration."""
    return actor.role is Role.SUPPLIER or actor.role in ADMINISTRATION


def places_of(actor: Actor, year: int, code: str, conditions: Iterable[str] = ()) -> Iterator[Place]:
    """Where each pharmacy of the actor stands on a measure: the result that stands (of a frozen year the frozen one),
    told of its open site (the last closed one otherwise). A supplier reads the pharmacies that it equips now, by an
    order that holds; read as it is used. ``conditions``: the codes of the year's preconditions; what is reached is held
    back where one is missed."""
    fulfilled = [_fulfilling(actor, year, condition) for condition in conditions]
    found = _visible(actor).filter(year=year, code=code, lineage__pharmacies__isnull=False)  # not of a merged one
    last = found.order_by(
        "lineage",
        *_STANDING,
        F(f"{_PLACE}closed_on").desc(nulls_first=True),
        f"{_PLACE}finess",
    ).distinct("lineage")
    for lineage, *row in last.values_list(*_COLUMNS).iterator(chunk_size=2_000):
        yield Place(*row)._replace(held=any(lineage not in those for those in fulfilled))


def _fulfilling(actor: Actor, year: int, code: str) -> set[UUID]:
    """The lineages whose result of a precondition holds nothing back."""
    last = _visible(actor).filter(year=year, code=code).order_by("lineage", *_STANDING)
    rows = last.distinct("lineage").values_list("lineage", "state")
    return {lineage for lineage, state in rows.iterator(chunk_size=2_000) if state in FULFILLED}


def _visible(actor: Actor) -> QuerySet[MeasureResult]:
    if actor.role in ADMINISTRATION:
        return MeasureResult.objects.all()
    if actor.role is not Role.SUPPLIER:
        return MeasureResult.objects.none()
    equipped = visible_to(actor).filter(state__in=LIVE).order_by()
    return MeasureResult.objects.filter(lineage__in=equipped.values("pharmacy__lineage"))
