"""From deposited logs to the results of a year: sums, months missing, changes of software, revisions."""

from __future__ import annotations

import json
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from indicators.models import MeasureResult
from indicators.selectors import results_of
from indicators.services.compute import compute_year, years_of
from portal.common import clock
from tests.factories import people
from tests.factories.dossiers import ANSWERED, Dossier, dossier, paris
from tests.integration.indicators.deposits import Depositor
from tests.unit.indicators.logs import event as any_event

pytestmark = pytest.mark.django_db
JUNE, NEXT_YEAR = paris("2023-06-15"), paris("2024-03-15")


def realised(
    folder: Path, company: Any = None, place: Any = None, titulaire: Any = None, answered: datetime = ANSWERED
) -> tuple[Dossier, Depositor]:
    """A pharmacy whose VA was signed (on 5 November 2022), and the log of its supplier."""
    folder.mkdir(exist_ok=True)
    one = dossier(company=company, place=place, titulaire=titulaire)
    one.draft()
    one.issue()
    one.sign()
    one.plan()
    one.start()
    one.declare()
    one.prepare()
    one.answer(answered)
    name = f"{one.version.software.name}@{one.version.label}"
    return one, Depositor(one.company, name, [one.place.finess], folder)


def prescriptions(one: Dossier, month: str, electronic: int, paper: int, first: int = 1) -> list[str]:
    """The lines of so many prescriptions executed on the tenth of a month."""
    cells = {"finess": one.place.finess, "occurred_at": f"{month}-10T09:00:00+01:00", "type": "prescription"}
    cells |= {"apcv": "", "prescriber_setting": "city"}
    many = enumerate([*(["1"] * electronic), *(["0"] * paper)], start=first)
    return [any_event(number, **cells, e_prescription=flag) for number, flag in many]


def standing(one: Dossier, year: int, code: str = "EPRESC") -> MeasureResult:
    found = next(found for found in results_of(one.place.lineage_id, year) if found.result.code == code)
    return found.later or found.result


def test_a_year_from_its_logs(tmp_path: Path) -> None:
    one, logs = realised(tmp_path / "logs")
    lines = [*prescriptions(one, "2023-01", 20, 60), *prescriptions(one, "2023-02", 9, 11, first=200)]
    with clock.frozen(business=JUNE):
        assert logs.run(logs.write("a.csv", *lines))[1] == 0
        assert compute_year(people.PROGRAMME, 2023) == 4
        found = standing(one, 2023)
        assert (found.numerator, found.denominator, str(found.rate)) == (29, 100, "29.00")
        assert (found.state, found.missing, found.ahead) == ("incomplete", 6, 10)
        assert found.months_missing == ["2023-03", "2023-04", "2023-05"]
        assert (found.amount, found.closed, found.revision) == (None, False, 1)
        assert compute_year(people.PROGRAMME, 2023) == 0, "nothing changed, nothing is written"


def test_a_later_deposit_makes_a_revision_and_the_year_closes(tmp_path: Path) -> None:
    one, logs = realised(tmp_path / "logs")
    months = [f"2023-{month:02d}" for month in range(1, 13)]
    lines = [line for at, month in enumerate(months) for line in prescriptions(one, month, 4, 6, first=at * 100 + 1)]
    with clock.frozen(business=NEXT_YEAR):
        logs.run(logs.write("a.csv", *lines[:-10]))
        compute_year(people.PROGRAMME, 2023)
        assert standing(one, 2023).state == "incomplete"
        logs.run(logs.write("b.csv", *lines[-10:]))
        assert compute_year(people.PROGRAMME, 2023) == 4
        found = standing(one, 2023)
        assert (found.state, found.numerator, found.denominator) == ("reached", 48, 120)
        assert (str(found.rate), str(found.amount), found.closed, found.revision) == ("40.00", "250.00", True, 2)
        assert MeasureResult.objects.filter(code="EPRESC").count() == 2, "the first one is kept"


def test_what_came_before_the_va_is_told_but_not_counted(tmp_path: Path) -> None:
    one, logs = realised(tmp_path / "logs")
    cells = {"finess": one.place.finess}
    lines = [
        any_event(at, **cells, occurred_at=f"2022-{month}-05T{hour}:00:00+01:00", apcv="1")
        for at, (month, hour) in enumerate([("10", "09"), ("11", "00"), ("11", "23"), ("12", "10")], start=1)
    ]
    with clock.frozen(business=JUNE):
        logs.run(logs.write("a.csv", *lines))
        compute_year(people.PROGRAMME, 2022)
    found = standing(one, 2022, "APCV")
    assert (found.state, found.version, str(found.amount)) == ("no_rate", 1, "None")
    [(_, year)] = [pair for pair in years_of(people.PROGRAMME, 2022) if pair[0] == one.place.lineage_id]
    assert (year.whole["claims"], year.counted["claims"], year.ready_on) == (4, 3, date(2022, 11, 5))


def test_the_command_and_a_pharmacy_without_software(tmp_path: Path) -> None:
    one, logs = realised(tmp_path / "logs")
    with clock.frozen(business=JUNE):
        logs.run(logs.write("a.csv", *prescriptions(one, "2023-01", 1, 1)))
        out = StringIO()
        call_command("compute_indicators", year=2023, finess=one.place.finess, json=True, stdout=out)
        told = json.loads(out.getvalue())
        assert [row["code"] for row in told["results"]] == ["APCV", "DMP", "EPRESC", "MSS"] and told["changed"] == 4
        out = StringIO()
        call_command("compute_indicators", year=2023, finess=people.pharmacy().finess, json=True, stdout=out)
        assert json.loads(out.getvalue())["results"] == []
        out = StringIO()
        call_command("compute_indicators", year=2023, json=True, stdout=out)
        every = json.loads(out.getvalue())
        assert every["results"] == told["results"] and every["changed"] == 0
        with pytest.raises(CommandError, match="Aucune pharmacie") as refused:
            call_command("compute_indicators", year=2023, finess="999999999")
    assert refused.value.returncode == 2


def test_the_command_tells_the_results_of_every_pharmacy(tmp_path: Path) -> None:
    two = [realised(tmp_path / name)[0] for name in ("one", "other")]
    with clock.frozen(business=JUNE):
        out = StringIO()
        call_command("compute_indicators", year=2023, json=True, stdout=out)
        assert json.loads(out.getvalue())["changed"] == 8
    rows = json.loads(out.getvalue())["results"]
    assert sorted((row["finess"], row["code"]) for row in rows) == sorted(
        (one.place.finess, code) for one in two for code in ("APCV", "DMP", "EPRESC", "MSS")
    )


@pytest.mark.parametrize("changed", [{"rate": 99}, {"state": "reached"}, {"amount": 100}])
def test_results_are_append_only(changed: dict[str, Any], tmp_path: Path) -> None:
    one, _ = realised(tmp_path / "logs")
    with clock.frozen(business=JUNE):
        compute_year(people.PROGRAMME, 2023, [one.place.lineage_id])
    rows = MeasureResult.objects.all()
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        rows.update(**changed)
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        rows.delete()
