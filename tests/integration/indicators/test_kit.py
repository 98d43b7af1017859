"""The supplier's kit: a made-up log, and everything that the portal must find in it."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from indicators import storage
from indicators.domain.counters import COUNTERS, USER_COUNTERS
from indicators.models import DailyCounter, Deposit, UserMonth
from portal.accounts.domain.roles import Role
from portal.common import clock
from portal.registry.models import Supplier
from tests.factories import people
from tests.factories.dossiers import Dossier, paris
from tests.integration.indicators.deposits import Depositor, signed
from tests.integration.indicators.test_compute import realised

COUNTS = ("lines", "accepted", "duplicates", "superseded", "cancelled")


@pytest.mark.django_db
def test_the_sample_gives_what_it_says(tmp_path: Path) -> None:
    """Every line, figure and result; of a pharmacy whose software counts since its VA, and of one that still waits."""
    one, logs = realised(tmp_path / "logs")
    waiting = people.pharmacy()
    signed(Dossier(one.company, waiting, one.version, one.supplier, people.attach(waiting, Role.TITULAIRE)))
    with clock.frozen(business=paris("2023-02-10")):
        told = made(logs, months=5, pharmacies=2, events=60, faults=True)
        (result,), status = logs.run(logs.folder / "kit" / "sample.csv")
        assert (status, {key: result[key] for key in COUNTS}) == (0, {key: told[key] for key in COUNTS})
        codes = [row["code"] for row in told["rejects"]]
        assert result["rejected"] == {code: codes.count(code) for code in sorted(set(codes))}
        assert {"line_too_long", "conflicting_revision"} < set(codes)
        assert lines_left_out(one.company) == told["rejects"]
        assert days_counted() == told["daily"]
        assert accounts_counted() == told["users"]
        found = computed([one.place.finess, waiting.finess], {2022, 2023})
    names = list(told["results"][0])
    assert [{name: row[name] for name in names} for row in found] == told["results"]
    states = {(row["finess"], row["state"]) for row in told["results"]}
    assert {state for finess, state in states if finess == waiting.finess} == {"no_rate", "waiting"}
    assert any(row["rate"] for row in told["results"] if row["finess"] == one.place.finess)
    assert {row["day"][:7] for row in told["daily"]} == {"2022-09", "2022-10", "2022-11", "2022-12", "2023-01"}


@pytest.mark.parametrize(("today", "months"), [("2022-11-15", 11), ("2022-11-15", 0), ("2022-01-31", 1)])
def test_a_sample_of_months_that_are_not_over_is_refused(ours: Depositor, today: str, months: int) -> None:
    with clock.frozen(business=paris(today)), pytest.raises(CommandError, match="terminé") as refused:
        made(ours, months=months)
    assert refused.value.returncode == 2


def test_a_sample_without_faults_has_no_reject(ours: Depositor) -> None:
    told = made(ours, months=10, events=10)
    assert told["rejects"] == []
    assert ours.run(ours.folder / "kit" / "sample.csv")[0][0]["rejected"] == {}


def made(logs: Depositor, **options: Any) -> dict[str, Any]:
    """A sample in the folder ``kit`` of these logs; what it must give."""
    folder = logs.folder / "kit"
    call_command(
        "make_activity_sample", str(folder), supplier=logs.supplier.siret, seed=4, stdout=StringIO(), **options
    )
    told: dict[str, Any] = json.loads((folder / "expected.json").read_text())
    return told


def lines_left_out(supplier: Supplier) -> list[dict[str, Any]]:
    path = storage.parts(supplier.pk, Deposit.objects.get().pk) / "rejects.parquet"
    with duckdb.connect() as duck:
        rows = duck.read_parquet(str(path)).order("line").project('line, code, "column"').fetchall()
    return [{"line": line, "code": code, "column": column} for line, code, column in rows]


def days_counted() -> list[dict[str, Any]]:
    rows = DailyCounter.objects.order_by("pharmacy__finess", "day").values(
        "day", *COUNTERS, finess=F("pharmacy__finess")
    )
    return [row | {"day": str(row["day"])} for row in rows]


def accounts_counted() -> list[dict[str, Any]]:
    rows = UserMonth.objects.order_by("pharmacy__finess", "month", "user_ref")
    return [
        {
            "finess": row.pharmacy.finess,
            "month": str(row.month),
            "user_ref": row.user_ref,
            "figures": [getattr(row, name) for name in USER_COUNTERS],
        }
        for row in rows
    ]


def computed(places: list[str], years: set[int]) -> list[dict[str, Any]]:
    """What ``compute_indicators`` prints of each pharmacy and year."""
    found: list[dict[str, Any]] = []
    for finess in sorted(places):
        for year in sorted(years):
            out = StringIO()
            call_command("compute_indicators", year=year, finess=finess, json=True, stdout=out)
            found += [row | {"finess": finess, "year": year} for row in json.loads(out.getvalue())["results"]]
    return found
