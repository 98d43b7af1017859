"""Depositing and reading at once, and what a machine is told of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from indicators import storage
from indicators.models import Deposit
from indicators.models.deposits import DepositState
from indicators.services.deposit import deposit_log
from indicators.services.reading import COUNTS, read_deposit
from portal.accounts.actors import Actor
from portal.registry.models import Supplier
from portal.registry.selectors import version_called


def import_file(path: Path, *, supplier: Supplier, software: str, actor: Actor) -> dict[str, Any]:
    """Deposit a file and read it in the foreground; the result as the contract writes it.

    ``software`` is a number, or ``NAME@VERSION``. Raises OSError when the file cannot be read or the store is full,
    MemoryError, and what PostgreSQL raises when it stops: the file is then wholly in or wholly out, and once received
    a worker may still read it.
    """
    version = version_called(supplier.pk, software)
    received = deposit_log(
        supplier=supplier, version=version, name=path.name, content=storage.blocks(path), actor=actor
    )
    deposit = read_deposit(received.deposit.pk, actor=actor)
    return as_json(deposit, name=path.name, again=received.again)


def as_json(deposit: Deposit, *, name: str = "", again: bool = False) -> dict[str, Any]:
    """A deposit that has ended, as the contract's object; ``places`` are the lines to look at of a refused file."""
    refused = deposit.state == DepositState.REFUSED
    outcome = "refused" if refused else "already_deposited" if again else "accepted"
    return {
        "file": name or deposit.name,
        "sha256": deposit.sha256,
        "outcome": outcome,
        "code": deposit.refusal if refused else "already_deposited" if again else "",
        **{name: getattr(deposit, name) for name in COUNTS[:5]},
        "rejected": deposit.rejected_by_code,
        "places": deposit.places,
    }
