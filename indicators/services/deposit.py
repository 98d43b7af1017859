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
from portal.outbox.services.publish import publish
from portal.registry.models import SoftwareVersion, Supplier

DEPOSITED = "activity.deposited"


@dataclass(frozen=True)
class Arrived:
    """A file in quarantine, with what its bytes give."""

    path: Path
    sha256: str
    size: int


@dataclass(frozen=True)
class Received:
    """A deposit to read; ``again``: the same bytes were accepted before, the deposit is the first one."""

    deposit: Deposit
    again: bool = False


def deposit_log(
    *, supplier: Supplier, version: SoftwareVersion | None, name: str, content: Iterable[bytes], actor: Actor
) -> Received:
    """Receive a file of a supplier. The same bytes give the deposit that is there already.

    Without a ``version`` of the supplier's software the file is refused. Raises OSError when the store is full.
    """
    path, sha256, size = storage.receive(content)
    return register_log(supplier=supplier, version=version, name=name, arrived=Arrived(path, sha256, size), actor=actor)


def register_log(
    *, supplier: Supplier, version: SoftwareVersion | None, name: str, arrived: Arrived, actor: Actor
) -> Received:
    """The same of a file that is in quarantine already; it is moved away, or removed."""
    try:
        known = known_deposit(supplier.pk, arrived.sha256)
        if known is not None:
            return Received(known, again=known.state == DepositState.ACCEPTED)
        deposit = Deposit(
            pk=uuid4(),
            supplier=supplier,
            software_version=version,
            name=clean_name(name),
            sha256=arrived.sha256,
            size=arrived.size,
            deposited_at=clock.business_now(),
            deposited_by_id=actor.user_id,
            allowed=spans_of(equipped_by(supplier.pk)),
        )
        return _register(deposit, arrived.path, actor)
    finally:
        arrived.path.unlink(missing_ok=True)


def clean_name(name: str) -> str:
    """The name of a file without its folders, of a length that a row holds."""
    return Path(name.replace("\0", "")).name[:255] or "sans nom"


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
            publish(DEPOSITED, {"supplier": str(deposit.supplier_id)}, dedup=f"{DEPOSITED}:{deposit.pk}")
    except IntegrityError:
        waiting.unlink(missing_ok=True)
        known = known_deposit(deposit.supplier_id, deposit.sha256)
        if known is None:
            raise
        return Received(known, again=known.state == DepositState.ACCEPTED)
    if deposit.software_version_id is None:
        return Received(refuse_deposit(deposit, FileRefused("unknown_software"), actor))
    return Received(deposit)


def known_deposit(supplier: UUID, sha256: str) -> Deposit | None:
    """The deposit of these bytes that was not refused, where there is one."""
    found = Deposit.objects.filter(supplier=supplier, sha256=sha256)
    return found.exclude(state=DepositState.REFUSED).first()
