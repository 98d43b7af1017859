"""What this application does when told; bound by ``portal.config.reactions``."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from kombu.exceptions import OperationalError

from indicators.catalogue import open_programme
from indicators.domain.codes import FILE_CODES
from indicators.domain.lifecycle import NEUTRALISE
from indicators.models import Deposit, DepositCell, YearDecision
from indicators.services import questions
from indicators.services.compute import compute_year
from indicators.tasks import read_deposits
from portal.accounts.domain.roles import Role
from portal.accounts.selectors import people_with_role
from portal.common import clock
from portal.outbox.services.notices import Letter, notify
from portal.registry.models import Pharmacy

log = logging.getLogger(__name__)


def on_deposit_accepted(payload: dict[str, Any]) -> None:
    """Topic ``activity.accepted``, payload ``{"id": deposit id}``: compute anew what the deposit touched.

    That is also the year that an event left by a revision.
    """
    programme = open_programme(clock.business_now())
    cells = DepositCell.objects.filter(deposit=payload["id"]).values_list("pharmacy__lineage", "month")
    by_year: dict[int, set[UUID]] = {}
    for lineage, month in cells.distinct():
        by_year.setdefault(month.year, set()).add(lineage)
    for year, lineages in sorted(by_year.items()):
        compute_year(programme, year, lineages)


def on_recounted(payload: dict[str, Any]) -> None:
    """Topic ``activity.recounted``, payload ``{"year": year, "pharmacies": [ids]}``: their counters were put right."""
    lineages = Pharmacy.objects.filter(pk__in=payload["pharmacies"]).values_list("lineage", flat=True).distinct()
    compute_year(open_programme(clock.business_now()), payload["year"], lineages)


def wake_reading(payload: dict[str, Any]) -> None:
    """Topic ``activity.deposited``, payload ``{"supplier": supplier id}``: wake a worker once the message is committed.

    A lost wake-up costs a minute, no more.
    """
    transaction.on_commit(partial(_wake, payload["supplier"]), robust=True)


def read_next(payload: dict[str, Any]) -> None:
    """Topics ``activity.accepted`` and ``activity.refused``: a reading has ended; what waited behind it is read now."""
    transaction.on_commit(partial(_wake, str(Deposit.objects.get(pk=payload["id"]).supplier_id)), robust=True)


def _wake(supplier: str) -> None:
    try:
        read_deposits.apply_async(args=(supplier,), retry=False)
    except OperationalError:
        log.warning("broker unreachable: the minute's run will read the deposit")


def tell_refused(payload: dict[str, Any]) -> None:
    """Topic ``activity.refused``, payload ``{"id": deposit id}``: the supplier reads why, and what to do."""
    deposit = Deposit.objects.select_related("supplier").get(pk=payload["id"])
    fault = FILE_CODES[deposit.refusal]
    places = f" Lignes à revoir : {', '.join(map(str, deposit.places))}." if deposit.places else ""
    letter = Letter(
        subject=f"Journal d’activité refusé : {deposit.name}"[:200],
        body=f"Le fichier {deposit.name} est refusé, rien n’en est pris. {fault.sentence}{places}",
        link=reverse("indicators:deposit", args=[deposit.pk]),
        dedup=f"activity.refused:{deposit.pk}",
    )
    organisation = deposit.supplier.organisation_id
    for membership in people_with_role(organisation, frozenset({Role.SUPPLIER}), clock.business_now()):
        notify(membership.user, organisation, letter)


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
