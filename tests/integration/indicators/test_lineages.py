"""A year of a lineage: changes of software add up, a succession carries the uses on, a closing ends what is awaited."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from indicators.boards import places_of
from indicators.deposit_selectors import coverage_of
from indicators.domain.tally import Year
from indicators.selectors import ended_on, results_by_pharmacy, results_of
from indicators.services.compute import compute_year, years_of
from orders.services.succession import record_succession
from portal.common import clock
from portal.registry.models import Pharmacy
from portal.registry.services.succession import SuccessionEvent
from tests.factories import people
from tests.factories.dossiers import Dossier, dossier, paris
from tests.factories.life import replace, rival_of
from tests.integration.indicators.deposits import Depositor
from tests.integration.indicators.test_compute import JUNE, prescriptions, realised, standing
from tests.unit.indicators.logs import event as any_event

pytestmark = pytest.mark.django_db


def ends(place: Pharmacy, kind: str, on: date, successor: Pharmacy | None = None) -> None:
    """The administration records it."""
    event = SuccessionEvent(place.pk, kind, successor.pk if successor else None, on, "Arrêté de l’ARS")
    record_succession(event=event, actor=people.administrator())


def sent(one: Dossier, logs: Depositor, *months: str, electronic: int, paper: int, first: int = 1) -> None:
    lines = [
        line
        for at, month in enumerate(months)
        for line in prescriptions(one, month, electronic, paper, first=first + at * 100)
    ]
    assert logs.run(logs.write(f"{first}.csv", *lines))[1] == 0


def test_nothing_is_awaited_after_a_closing_without_successor(tmp_path: Path) -> None:
    one, logs = realised(tmp_path / "logs")
    with clock.frozen(business=JUNE):
        sent(one, logs, "2023-01", "2023-03", electronic=4, paper=6)
        compute_year(people.PROGRAMME, 2023)
        assert standing(one, 2023).months_missing == ["2023-02", "2023-04", "2023-05"]
        ends(one.place, "closure", date(2023, 3, 20))
        compute_year(people.PROGRAMME, 2023)
        assert standing(one, 2023).months_missing == ["2023-02"]
        sent(one, logs, "2023-02", electronic=4, paper=6, first=5_000)
        compute_year(people.PROGRAMME, 2023)
        assert (standing(one, 2023).state, standing(one, 2023).months_missing) == ("reached", [])
        [row] = coverage_of(Pharmacy.objects.filter(pk=one.place.pk), 2023, JUNE.date())
        assert row.missing == [] and row.months[3].words == "avril 2023 non attendu"


def test_two_pharmacies_that_merge_add_up_under_the_one_that_goes_on(tmp_path: Path) -> None:
    one, logs = realised(tmp_path / "one")
    other, other_logs = realised(tmp_path / "other")
    former = one.place.lineage_id
    with clock.frozen(business=JUNE):
        sent(one, logs, "2023-01", "2023-02", electronic=1, paper=9)
        sent(other, other_logs, "2023-02", "2023-03", electronic=7, paper=3)
        compute_year(people.PROGRAMME, 2023)
        ends(one.place, "merger", date(2023, 2, 28), other.place)
        compute_year(people.PROGRAMME, 2023)
        found = standing(other, 2023)
        assert (found.numerator, found.denominator, found.missing) == (16, 40, 0), "two suppliers, one lineage"
        assert found.months_missing == ["2023-04", "2023-05"], "the successor is open: its months are awaited"
        told = {finess: [each.result.code for each in every] for finess, every in results_by_pharmacy(2023)}
        assert told == {other.place.finess: ["APCV", "DMP", "EPRESC", "MSS"]}
        assert len(results_of(former, 2023)) == 4, "what was told of the former lineage is kept"
        places = list(places_of(people.administrator(), 2023, "EPRESC"))
        assert [(place.finess, place.numerator) for place in places] == [(other.place.finess, 16)]
        rows = {row.pharmacy.pk: row.missing for row in coverage_of([*Pharmacy.objects.all()], 2023, JUNE.date())}
        assert rows == {one.place.pk: [], other.place.pk: ["janvier 2023", "avril 2023", "mai 2023"]}


def test_a_transfer_takes_the_va_and_the_uses_along(tmp_path: Path) -> None:
    one, logs = realised(tmp_path / "logs")
    heir = people.pharmacy()
    with clock.frozen(business=JUNE):
        sent(one, logs, "2023-01", "2023-02", electronic=4, paper=6)
        ends(one.place, "transfer", date(2023, 3, 1), heir)
        compute_year(people.PROGRAMME, 2023)
        heir.refresh_from_db()
        [found] = [each.result for each in results_of(heir.lineage_id, 2023) if each.result.code == "EPRESC"]
    assert (found.numerator, found.denominator, str(found.rate)) == (8, 20, "40.00")
    assert found.months_missing == ["2023-03", "2023-04", "2023-05"]


def test_a_change_of_software_adds_both_up(tmp_path: Path) -> None:
    first, logs = ordered(tmp_path / "first")
    at = paris("2022-11-05", 9)
    second = rival_of(first, at, titulaire=first.titulaire)
    replace(second, first, at)
    second.plan(at, at)
    second.start(at)
    second.declare(at)
    second.prepare(at)
    second.answer(paris("2022-11-05", 12))
    name = f"{second.version.software.name}@{second.version.label}"
    (tmp_path / "second").mkdir()
    later = Depositor(second.company, name, [second.place.finess], tmp_path / "second")
    days = ("2022-11-04", "2022-11-05", "2022-11-06")
    with clock.frozen(business=JUNE):
        claims = [claim(first, day, number) for number, day in enumerate(days[:2], start=1)]
        assert logs.run(logs.write("a.csv", *claims))[1] == 0
        claims = [claim(first, day, number) for number, day in enumerate(days, start=11)]
        assert later.run(later.write("b.csv", *claims))[1] == 0
    [(_, year)] = list(years_of(people.PROGRAMME, 2022))
    assert year.ready_on == date(2022, 11, 5) and year.ended_on is None
    assert (figure(year, "whole"), figure(year, "counted")) == (5, 3), "two on the 4th, two on the 5th, one on the 6th"


def test_nothing_is_awaited_after_the_last_order_ended(tmp_path: Path) -> None:
    one, logs = ordered(tmp_path / "logs")
    with clock.frozen(business=JUNE):
        assert logs.run(logs.write("a.csv", claim(one, "2022-10-20", 1)))[1] == 0
        [(_, year)] = list(years_of(people.PROGRAMME, 2022))
        assert year.ended_on is None
    with clock.frozen(business=paris("2022-11-20")):
        ends(one.place, "closure", date(2022, 11, 18))
    [(_, year)] = list(years_of(people.PROGRAMME, 2022))
    assert year.ended_on == date(2022, 11, 18), "the day of the closing, before that on which the order lapsed"
    Pharmacy.objects.update(closed_on=None)
    [(_, year)] = list(years_of(people.PROGRAMME, 2022))
    assert year.ended_on == ended_on(one.place.lineage) == date(2022, 11, 20), "open again, without an order"


def ordered(folder: Path) -> tuple[Dossier, Depositor]:
    """A pharmacy with a signed order and no VA yet, and the log of its supplier."""
    folder.mkdir()
    one = dossier()
    one.draft()
    one.issue()
    one.sign()
    name = f"{one.version.software.name}@{one.version.label}"
    return one, Depositor(one.company, name, [one.place.finess], folder)


def claim(one: Dossier, day: str, number: int) -> str:
    return any_event(number, finess=one.place.finess, occurred_at=f"{day}T18:00:00+01:00", apcv="1")


def figure(year: Year, name: str) -> int:
    found: int = getattr(year, name)["claims"]
    return found
