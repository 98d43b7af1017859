"""A little activity of a pharmacy, a question about it, and a decision to take."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from indicators.domain.counters import COUNTERS
from indicators.domain.lifecycle import NEUTRALISE
from indicators.models import DailyCounter, UsageQuestion, YearDecision
from indicators.services.compute import compute_year
from indicators.services.questions import ask_about_year
from indicators.services.years import Proposal, propose_decision
from orders.models import Order
from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.clock import PARIS
from portal.demo import cast


def make_usage(key: str, author: Actor) -> None:
    """Claims of a pharmacy of the cast before its software was installed, as the counters hold them."""
    finess = next(role.finess for role in cast.PHARMACIES if role.key == key)
    order = Order.objects.filter(pharmacy__finess=finess).latest("created_at")
    counts = dict.fromkeys(COUNTERS, 0) | {"claims": 40, "claims_apcv": 2}
    DailyCounter.objects.create(supplier=order.supplier, pharmacy=order.pharmacy, day=date(2022, 3, 1), **counts)
    with clock.frozen(business=datetime(2022, 11, 14, 10, tzinfo=PARIS)):
        compute_year(cast.PROGRAMME, 2022)
        ask_about_year(2022)
        text = "L’aide à l’amorçage n’est pas jugée."
        propose_decision(proposal=Proposal(NEUTRALISE, 2022, "APCV", "Décision 2022-12", text), actor=author)


def _decision() -> UUID:
    return YearDecision.objects.get(state="proposed").pk


def _question() -> UUID:
    return UsageQuestion.objects.get(state="open").pk


OF_USAGE: dict[str, Callable[[], UUID]] = {
    **dict.fromkeys(("indicators:question", "indicators:explain"), _question),
    **dict.fromkeys(("indicators:decision", "indicators:decide", "indicators:withdraw"), _decision),
}
"""The object of each address that names one."""


def usage_states() -> list[Any]:
    """Decisions and questions with their versions and states."""
    rows = [model._default_manager.values_list("pk", "version", "state") for model in (YearDecision, UsageQuestion)]
    return sorted(row for found in rows for row in found)
