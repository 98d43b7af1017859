"""The worker's side of reading: which deposits wait, one supplier at a time, whatever is killed on the way.

The row is the truth and the lock of the reading its heartbeat: a deposit that is still ``received`` while nobody holds
the lock waits, be it new or left by a dead worker.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db.models import Q, QuerySet

from indicators.models import Deposit
from indicators.models.deposits import DepositState
from indicators.services.locks import READING, held
from indicators.services.reading import read_deposit
from portal.accounts.actors import Actor
from portal.common import clock

log = logging.getLogger(__name__)
LONGEST_WAIT = timedelta(hours=1)


def suppliers_waiting() -> list[UUID]:
    """The suppliers of which a deposit is due to be read."""
    return list(_due(clock.machine_now()).order_by("supplier").values_list("supplier", flat=True).distinct())


def read_waiting(supplier: UUID) -> int:
    """Read the due deposits of a supplier, oldest first; how many were tried. None while another process reads.

    Looked at again once the lock is free: what came after the other process had looked is not left behind.
    """
    tried = 0
    while _of(supplier).exists():
        with held(READING, supplier, wait=False) as mine:
            if not mine:
                break
            for deposit_id in _of(supplier).order_by("deposited_at", "pk").values_list("pk", flat=True):
                _attempt(deposit_id)
                tried += 1
    return tried


def _due(now: datetime) -> QuerySet[Deposit]:
    return Deposit.objects.filter(Q(retry_at=None) | Q(retry_at__lte=now), state=DepositState.RECEIVED)


def _of(supplier: UUID) -> QuerySet[Deposit]:
    return _due(clock.machine_now()).filter(supplier=supplier)


def _attempt(deposit_id: UUID) -> None:
    """One try. The next one is put off before it begins: a file that kills its worker is not tried without end."""
    row = Deposit.objects.filter(pk=deposit_id, state=DepositState.RECEIVED)
    before = row.values_list("attempts", flat=True).first()
    if before is None:
        return
    wait = min(timedelta(minutes=2 ** min(before, 6)), LONGEST_WAIT)
    row.update(attempts=before + 1, retry_at=clock.machine_now() + wait, error="", read_lines=0, read_bad=0)
    try:
        read_deposit(deposit_id, actor=Actor.system(), progress=partial(_note, row))
    except Exception as error:
        log.exception("reading of deposit %s failed", deposit_id)
        row.update(error=f"{type(error).__name__}: {error}"[:500])


def _note(row: QuerySet[Deposit], lines: int, bad: int) -> None:
    row.update(read_lines=lines, read_bad=bad)
