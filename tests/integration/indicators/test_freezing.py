"""A year is frozen or an indicator set aside by two people; what comes later stands beside the frozen figures."""

from __future__ import annotations

from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction

from indicators.boards import places_of
from indicators.deposit_selectors import reach_of, received_by
from indicators.domain.lifecycle import FREEZE, NEUTRALISE
from indicators.models import DailyCounter, Deposit, DepositCell, MeasureResult, YearDecision
from indicators.selectors import deposits_of
from indicators.services.compute import compute_year
from indicators.services.years import (
    Proposal,
    manifest_of,
    propose_decision,
    take_decision,
    withdraw_decision,
)
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.common.refusals import Refused
from portal.outbox.services.deliver import deliver_pending
from tests.factories import people
from tests.factories.dossiers import paris
from tests.integration.indicators.deposits import checked
from tests.integration.indicators.test_compute import JUNE, NEXT_YEAR, prescriptions, realised, standing
from tests.unit.indicators.logs import event as any_event

pytestmark = pytest.mark.django_db
FROZEN = Proposal(FREEZE, 2023, "", "Décision 2024-07", "Résultats arrêtés pour le paiement.")
ASIDE = Proposal(NEUTRALISE, 2023, "EPRESC", "Décision 2024-03", "L’e-prescription n’était pas répandue.")


def decided(proposal: Proposal) -> YearDecision:
    """Proposed by an instructor, approved by a valideur."""
    made = propose_decision(proposal=proposal, actor=people.administrator())
    return take_decision(decision_id=made.pk, actor=people.administrator(Role.VALIDATOR))


def test_later_data_regularise_a_frozen_year(tmp_path: Path) -> None:
    one, logs = realised(tmp_path / "logs")
    months = [f"2023-{month:02d}" for month in range(1, 13)]
    lines = [line for at, month in enumerate(months) for line in prescriptions(one, month, 3, 7, first=at * 100 + 1)]
    with clock.frozen(business=NEXT_YEAR):
        logs.run(logs.write("a.csv", *lines))
        decision = decided(FROZEN)
        pinned = standing(one, 2023)
        assert (pinned.state, pinned.closed, pinned.regularisation) == ("below", True, False), "computed a last time"
        assert decision.manifest == manifest_of(2023)
        assert compute_year(people.PROGRAMME, 2023) == 0
        logs.run(logs.write("b.csv", *prescriptions(one, "2023-05", 40, 0, first=5000)))
        deliver_pending()
        later = standing(one, 2023)
        assert (later.numerator, later.denominator, later.state) == (76, 160, "reached")
        assert later.regularisation and later.regularises == pinned
        [place] = places_of(people.administrator(), 2023, "EPRESC")
        assert (place.numerator, place.state) == (36, "below"), "the board tells what is frozen, as the pharmacy reads"
        assert later.because == [str(Deposit.objects.get(sequence=2, supplier=one.company).pk)]
        assert compute_year(people.PROGRAMME, 2023) == 0, "said once"
        assert decision.manifest == manifest_of(2023), "the frozen year is what it was"
    pinned.refresh_from_db()
    assert (pinned.numerator, pinned.denominator) == (36, 120)


def test_an_event_that_leaves_an_old_frozen_year_regularises_it(tmp_path: Path) -> None:
    one, logs = realised(tmp_path / "logs")
    cells = {"finess": one.place.finess, "apcv": "1"}
    stays, moves = (any_event(n, **cells, occurred_at=f"2023-12-0{n}T09:00:00+01:00") for n in (1, 2))
    moved = any_event(2, **cells, revision="2", occurred_at="2025-03-04T09:00:00+01:00")
    with clock.frozen(business=paris("2025-06-15")):
        logs.run(logs.write("a.csv", stays, moves))
        decided(FROZEN)
        pinned = standing(one, 2023, "APCV")
        assert (pinned.numerator, pinned.regularisation) == (2, False)
        logs.run(logs.write("b.csv", moved))
        deliver_pending()
        later = standing(one, 2023, "APCV")
        assert (later.numerator, later.regularisation) == (1, True)
        assert later.because == [str(Deposit.objects.get(sequence=2, supplier=one.company).pk)]
        assert standing(one, 2025, "APCV").numerator == 1


def test_a_month_that_only_lost_lines_was_not_received(tmp_path: Path) -> None:
    """What a deposit takes away from a month is kept beside what it brought, and never read as a month received."""
    one, logs = realised(tmp_path / "logs")
    first, *_ = prescriptions(one, "2023-01", 1, 0)
    with clock.frozen(business=JUNE):
        logs.run(logs.write("a.csv", first))
        logs.run(logs.write("b.csv", first.replace(";1;active", ";2;active").replace("2023-01", "2023-03")))
        cells = DepositCell.objects.filter(deposit__sequence=2).order_by("month")
        assert list(cells.values_list("month__month", "accepted")) == [(1, 0), (3, 1)]
        last = Deposit.objects.get(sequence=2)
        assert reach_of(last) == {"pharmacies": 1, "first": date(2023, 3, 1), "last": date(2023, 3, 1)}
        theirs: list[Any] = list(received_by(people.attach(one.place, Role.TITULAIRE)))
        assert {(row.since.month, row.mine) for row in theirs} == {(3, 1), (1, 1)}
        assert [cell.deposit.sequence for cell in deposits_of(one.place.lineage, date(2023, 1, 1))] == [1]
        assert checked()[0] == 0


@pytest.mark.parametrize("command", ["rebuild_activity", "recount_activity"])
def test_counters_put_right_give_their_results(tmp_path: Path, command: str) -> None:
    """Of a year that the night no longer computes."""
    one, logs = realised(tmp_path / "logs")
    with clock.frozen(business=paris("2026-06-15")):
        logs.run(logs.write("a.csv", *prescriptions(one, "2023-01", 3, 7)))
        DailyCounter.objects.filter(pharmacy=one.place).update(prescriptions_e=1, prescriptions_city_e=1)
        deliver_pending()
        assert standing(one, 2023).numerator == 1
        call_command(command, check=False, stdout=StringIO())
        deliver_pending()
        found = standing(one, 2023)
        assert (found.numerator, found.denominator, found.revision) == (3, 10, 2)


def test_postgresql_keeps_a_frozen_year(tmp_path: Path) -> None:
    one, _ = realised(tmp_path / "logs")
    with clock.frozen(business=NEXT_YEAR):
        decision = decided(FROZEN)
    row: dict[str, Any] = {**MeasureResult.objects.filter(lineage=one.place.lineage_id, year=2023).values()[0]}
    row |= {"id": None, "revision": 9}
    with pytest.raises(DatabaseError, match="a frozen year takes regularisations alone"), transaction.atomic():
        MeasureResult.objects.create(**row)
    with pytest.raises(DatabaseError, match="no other year takes any"), transaction.atomic():
        MeasureResult.objects.create(**row | {"year": 2024, "regularisation": True})
    with pytest.raises(IntegrityError, match="measure_result_regularises"), transaction.atomic():
        MeasureResult.objects.create(**row | {"year": 2024, "because": ["x"]})
    rows = YearDecision.objects.filter(pk=decision.pk)
    changes: list[dict[str, Any]] = [{"manifest": "0" * 64}, {"known": {"x": 1}}, {"year": 2024}, {"reason": "autre"}]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()


def test_two_people_and_a_closed_year() -> None:
    author, second = people.administrator(Role.VALIDATOR), people.administrator(Role.VALIDATOR)

    def refused(act: Any) -> list[str]:
        with pytest.raises(Refused) as found:
            act()
        return [one.code for one in found.value.refusals]

    with clock.frozen(business=JUNE):
        assert refused(lambda: propose_decision(proposal=FROZEN, actor=author)) == ["not_closed"]
    with clock.frozen(business=NEXT_YEAR):
        for stranger in (people.attach(people.pharmacy(), Role.TITULAIRE), Actor(Role.VALIDATOR, 0)):
            assert refused(lambda s=stranger: propose_decision(proposal=FROZEN, actor=s)) == ["not_allowed"]
        made = propose_decision(proposal=FROZEN, actor=author)
        assert refused(lambda: propose_decision(proposal=FROZEN, actor=second)) == ["already"]
        assert refused(lambda: take_decision(decision_id=made.pk, actor=author)) == ["same_person"]
        assert refused(lambda: take_decision(decision_id=made.pk, actor=people.administrator())) == ["not_allowed"]
        withdraw_decision(decision_id=made.pk, actor=author)
        assert refused(lambda: take_decision(decision_id=made.pk, actor=second)) == ["wrong_state"]
        propose_decision(proposal=FROZEN, actor=author)
        events = AuditEvent.objects.filter(object_id=str(made.pk)).order_by("seq").values_list("verb", flat=True)
        assert list(events) == ["create", "withdraw"]


def test_a_neutralised_indicator_is_no_longer_judged(tmp_path: Path) -> None:
    one, logs = realised(tmp_path / "logs")
    with clock.frozen(business=JUNE):
        logs.run(logs.write("a.csv", *prescriptions(one, "2023-01", 1, 9)))
        compute_year(people.PROGRAMME, 2023)
        decided(ASIDE)
        deliver_pending()
        found = standing(one, 2023)
        assert (found.state, found.rate, found.revision, found.numerator) == ("neutralised", None, 2, 1)
        assert standing(one, 2023, "MSS").revision == 1, "the others stand"


def test_a_neutralisation_after_the_freeze_is_a_regularisation(tmp_path: Path) -> None:
    one, logs = realised(tmp_path / "logs")
    with clock.frozen(business=NEXT_YEAR):
        logs.run(logs.write("a.csv", *prescriptions(one, "2023-01", 1, 9)))
        decided(FROZEN)
    with clock.frozen(business=paris("2024-04-15")):
        decided(ASIDE)
        deliver_pending()
        found = standing(one, 2023)
    assert (found.state, found.regularisation, found.because) == ("neutralised", True, [])
