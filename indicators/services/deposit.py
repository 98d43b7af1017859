"""Receiving a file: the bytes in quarantine, what is pinned to read them, a row that says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from indicators import storage
from indicators.domain.scope import spans_of
from indicators.engine.refusals import FileRefused
from indicators.models import Deposit
from indicators.models.deposits import DepositState
from indicators.services.reading import OBJECT, refuse_deposit
from orders.selectors import equipped_by
from portal.accounts.actors import Actor
from portal.audit.services import Entry, record
from portal.common import clock
from portal.registry.models import Supplier
from portal.registry.selectors import version_called


@dataclass(frozen=True)
class Received:
    """A deposit to read; ``again``: the same bytes were accepted before, the deposit is the first one."""

    deposit: Deposit
    again: bool = False


def deposit_log(*, supplier: Supplier, software: str, name: str, content: Iterable[bytes], actor: Actor) -> Received:
    """Receive a file of a supplier; ``software`` is its number, or ``NAME@VERSION``.

    The same bytes give the deposit that is there already. A software that is not the supplier's refuses the file.
    """
    path, sha256, size = storage.receive(content)
    try:
        known = _known(supplier.pk, sha256)
        if known is not None:
            return Received(known, again=known.state == DepositState.ACCEPTED)
        deposit = Deposit(
            pk=uuid4(),
            supplier=supplier,
            software_version=version_called(supplier.pk, software),
            name=Path(name).name[:255] or "sans nom",
            sha256=sha256,
            size=size,
            deposited_at=clock.business_now(),
            deposited_by_id=actor.user_id,
            allowed=spans_of(equipped_by(supplier.pk)),
        )
        return _register(deposit, path, actor)
    finally:
        path.unlink(missing_ok=True)


def _register(deposit: Deposit, path: Path, actor: Actor) -> Received:
    waiting = storage.incoming(deposit.pk)
    path.replace(waiting)
    storage.sync(waiting.parent)
    try:
        with transaction.atomic():
            deposit.save(force_insert=True)
            data = {"sha256": deposit.sha256, "size": deposit.size}
            record(
                Entry(OBJECT, str(deposit.pk), "deposit", deposit.deposited_at, to_state=deposit.state, data=data),
                actor,
            )
    except IntegrityError:
        waiting.unlink(missing_ok=True)
        known = _known(deposit.supplier_id, deposit.sha256)
        if known is None:
            raise
        return Received(known, again=known.state == DepositState.ACCEPTED)
    if deposit.software_version_id is None:
        return Received(refuse_deposit(deposit, FileRefused("unknown_software"), actor))
    return Received(deposit)


def _known(supplier: UUID, sha256: str) -> Deposit | None:
    found = Deposit.objects.filter(supplier=supplier, sha256=sha256)
    return found.exclude(state=DepositState.REFUSED).first()
