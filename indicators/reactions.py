"""What this application does when told; bound by ``portal.config.reactions``."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from indicators.catalogue import open_programme
from indicators.domain.lifecycle import NEUTRALISE
from indicators.models import DepositCell, YearDecision
from indicators.services import questions
from indicators.services.compute import compute_year
from portal.common import clock


def on_deposit_accepted(payload: dict[str, Any]) -> None:
    """Topic ``activity.accepted``, payload ``{"id": deposit id}``: compute anew what the deposit brought lines for.

    An event that moved out of a month by a revision is counted there again by the nightly computation.
    """
    programme = open_programme(clock.business_now())
    cells = DepositCell.objects.filter(deposit=payload["id"]).values_list("pharmacy__lineage", "month")
    by_year: dict[int, set[UUID]] = {}
    for lineage, month in cells.distinct():
        by_year.setdefault(month.year, set()).add(lineage)
    for year, lineages in sorted(by_year.items()):
        compute_year(programme, year, lineages)


def on_year_decided(payload: dict[str, Any]) -> None:
    """Topic ``year_decision.decide``, payload ``{"id": decision id}``: an indicator set aside changes every result.

    A freeze has computed its year itself.
    """
    decision = YearDecision.objects.get(pk=payload["id"])
    if decision.kind == NEUTRALISE:
        compute_year(open_programme(clock.business_now()), decision.year)


def ask_about_deposit(payload: dict[str, Any]) -> None:
    """Topic ``activity.accepted``: ask about what its lines show that counters by day no longer do."""
    questions.ask_about_deposit(UUID(payload["id"]))
