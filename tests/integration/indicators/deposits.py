"""A supplier that equips two pharmacies, and its logs, through the portal's own services."""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import CommandError, call_command

from indicators.models import DailyCounter, UserMonth
from portal.accounts.domain.roles import Role
from portal.registry.models import Supplier
from tests.factories import people
from tests.factories.dossiers import Dossier, dossier
from tests.unit.indicators.logs import event as any_event
from tests.unit.indicators.logs import log


@dataclass
class Depositor:
    """Runs ``import_activity`` for a supplier."""

    supplier: Supplier
    software: str
    places: list[str]
    folder: Path

    def event(self, number: int, **cells: str) -> str:
        """A good line of the first pharmacy, of 2022."""
        return any_event(number, **{"finess": self.places[0], "occurred_at": "2022-11-02T09:00:00+01:00"} | cells)

    def write(self, name: str, *lines: str) -> Path:
        """A log in a file."""
        path = self.folder / name
        path.write_bytes(log(*lines))
        return path

    def run(self, *paths: Path, software: str = "") -> tuple[list[dict[str, Any]], int]:
        """What the command prints with ``--json``, and its exit status."""
        out, status = StringIO(), 0
        try:
            call_command(
                "import_activity",
                *map(str, paths),
                supplier=self.supplier.siret,
                software=software or self.software,
                json=True,
                stdout=out,
            )
        except CommandError as error:
            status = error.returncode
        return (json.loads(out.getvalue()) if out.getvalue() else []), status


def depositor(folder: Path) -> Depositor:
    """A supplier with two signed orders."""
    folder.mkdir()
    first = signed(dossier())
    place = people.pharmacy()
    titulaire = people.attach(place, Role.TITULAIRE)
    second = signed(Dossier(first.company, place, first.version, first.supplier, titulaire))
    name = f"{first.version.software.name}@{first.version.label}"
    return Depositor(first.company, name, [first.place.finess, second.place.finess], folder)


def signed(one: Dossier) -> Dossier:
    """The same, once its order is signed."""
    one.draft()
    one.issue()
    one.sign()
    return one


def checked() -> tuple[int, str]:
    """Exit status and words of ``rebuild_activity --check``."""
    out = StringIO()
    try:
        call_command("rebuild_activity", check=True, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue()
    return 0, out.getvalue()


def figures() -> dict[str, int]:
    """Claims by pharmacy and day."""
    rows = DailyCounter.objects.values_list("pharmacy__finess", "day", "claims")
    return {f"{finess} {day}": claims for finess, day, claims in rows}


def accounts() -> set[tuple[str, str, int]]:
    """Accounts by pharmacy, with their active days."""
    return set(UserMonth.objects.values_list("pharmacy__finess", "user_ref", "active_days"))
