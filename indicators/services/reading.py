"""Reading a received deposit: wholly in or wholly out, whatever is killed on the way."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from indicators import storage
from indicators.engine.job import Outcome, Task
from indicators.engine.read import read
from indicators.engine.refusals import FileRefused
from indicators.models import Deposit
from indicators.models.deposits import DepositState
from indicators.services.figures import Tables, replace_figures
from indicators.services.locks import READING, held
from portal.accounts.actors import Actor
from portal.audit.services import Entry, record
from portal.common import clock
from portal.outbox.services.publish import publish
from portal.registry.selectors import registered_places

OBJECT = "activity_deposit"
ACCEPTED, REFUSED = "activity.accepted", "activity.refused"
COUNTS = ("lines", "accepted", "duplicates", "superseded", "cancelled", "rejected", "rejected_by_code")

Progress = Callable[[int, int], None]


def alone(supplier: UUID) -> AbstractContextManager[bool]:
    """One reading at a time for a supplier; waits."""
    return held(READING, supplier)


def read_deposit(deposit_id: UUID, *, actor: Actor, progress: Progress = lambda lines, bad: None) -> Deposit:
    """Read a received deposit and accept or refuse it; one that has ended already is given back as it is."""
    supplier = Deposit.objects.get(pk=deposit_id).supplier_id
    with alone(supplier):
        deposit = Deposit.objects.get(pk=deposit_id)
        if deposit.state != DepositState.RECEIVED:
            return deposit
        accepted = accepted_before(supplier)
        sweep(supplier, accepted)
        with _workplace(supplier) as work:
            task = task_of(deposit, work, history=[storage.parts(supplier, one.pk) for one in accepted])
            try:
                outcome = read(replace(task, progress=progress))
            except FileRefused as refusal:
                return refuse_deposit(deposit, refusal, actor)
            storage.publish(task.parts, storage.parts(supplier, deposit.pk))
            storage.keep(deposit.pk, deposit.sha256)
            return _accept(deposit, outcome, actor, len(accepted) + 1)


def accepted_before(supplier: UUID, sequence: int | None = None) -> list[Deposit]:
    """The accepted deposits of a supplier in their order; those before ``sequence`` when it is given."""
    accepted = Deposit.objects.filter(supplier=supplier, state=DepositState.ACCEPTED).order_by("sequence")
    return list(accepted if sequence is None else accepted.filter(sequence__lt=sequence))


def task_of(deposit: Deposit, work: Path, *, history: list[Path]) -> Task:
    """What the engine needs to read a deposit as it was pinned."""
    for name in ("lines", "parts"):
        (work / name).mkdir()
    return Task(
        raw=storage.bytes_of(deposit.pk, deposit.sha256),
        folder=work / "lines",
        parts=work / "parts",
        history=history,
        allowed=deposit.allowed,
        ids={finess: str(key) for finess, key in registered_places(list(deposit.allowed)).items()},
        known=_registered,
        deposited_at=deposit.deposited_at,
        owner=str(deposit.supplier_id),
        memory=f"{settings.ACTIVITY_MEMORY_MB}MB",
        threads=settings.ACTIVITY_THREADS,
    )


def refuse_deposit(deposit: Deposit, refusal: FileRefused, actor: Actor) -> Deposit:
    """Wholly out: the reason is kept, the bytes are destroyed."""
    with transaction.atomic():
        deposit = Deposit.objects.select_for_update().get(pk=deposit.pk)
        deposit.state = DepositState.REFUSED
        deposit.refusal, deposit.places = refusal.code, refusal.places
        deposit.finished_at = clock.machine_now()
        deposit.save(update_fields=["state", "refusal", "places", "finished_at"])
        _journal(deposit, "refuse", actor, {"code": refusal.code})
        publish(REFUSED, {"id": str(deposit.pk)}, dedup=f"{REFUSED}:{deposit.pk}")
    storage.incoming(deposit.pk).unlink(missing_ok=True)
    return deposit


@transaction.atomic
def _accept(deposit: Deposit, outcome: Outcome, actor: Actor, sequence: int) -> Deposit:
    """Wholly in: state, counts and figures in one transaction. The sequence is unique for a supplier, so a reading that
    lost its lock, and with it what came before, fails here."""
    deposit = Deposit.objects.select_for_update().get(pk=deposit.pk)
    deposit.state = DepositState.ACCEPTED
    deposit.sequence, deposit.finished_at = sequence, clock.machine_now()
    deposit.unknown = sorted(outcome.unknown)
    fill_counts(deposit, outcome)
    deposit.save()
    replace_figures(outcome, supplier=deposit.supplier_id, deposit=deposit.pk, tables=Tables())
    _journal(deposit, "accept", actor, counts_of(deposit))
    publish(ACCEPTED, {"id": str(deposit.pk)}, dedup=f"{ACCEPTED}:{deposit.pk}")
    return deposit


def fill_counts(deposit: Deposit, outcome: Outcome) -> None:
    """What the engine counted."""
    for name in COUNTS[:5]:
        setattr(deposit, name, getattr(outcome, name))
    deposit.rejected_by_code = dict(sorted(outcome.rejected.items()))
    deposit.rejected = sum(outcome.rejected.values())


def counts_of(deposit: Deposit) -> dict[str, Any]:
    """What a deposit says of its lines, by field."""
    return {name: getattr(deposit, name) for name in COUNTS}


def _journal(deposit: Deposit, verb: str, actor: Actor, data: dict[str, Any]) -> None:
    entry = Entry(
        object_type=OBJECT,
        object_id=str(deposit.pk),
        verb=verb,
        at=clock.business_now(),
        thread=str(deposit.pk),
        from_state=DepositState.RECEIVED.value,
        to_state=deposit.state,
        data={"sha256": deposit.sha256, **data},
    )
    record(entry, actor)


def _registered(asked: Collection[str]) -> set[str]:
    return set(registered_places(list(asked)))


@contextmanager
def _workplace(supplier: UUID) -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(dir=storage.folder("work", supplier)))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def sweep(supplier: UUID, accepted: Collection[Deposit]) -> None:
    """Remove what killed readings left; the lock of the supplier must be held."""
    storage.sweep(supplier, {str(one.pk) for one in accepted})
    states = dict(Deposit.objects.filter(pk__in=storage.waiting()).values_list("pk", "state"))
    for key, found in states.items():
        if found != DepositState.RECEIVED:
            storage.incoming(key).unlink(missing_ok=True)
    storage.forget_receptions(states)
