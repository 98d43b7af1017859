"""From single lines to the result of each measure version: what it counts, the edges of its year, corrections."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from indicators.domain.lifecycle import FREEZE
from indicators.models import MeasureResult
from indicators.selectors import Standing, results_of
from indicators.services.compute import compute_year
from indicators.services.years import Proposal
from portal.common import clock
from tests.factories import people
from tests.factories.dossiers import Dossier, paris
from tests.integration.indicators.deposits import Depositor
from tests.integration.indicators.test_compute import realised
from tests.integration.indicators.test_freezing import decided
from tests.unit.indicators.logs import event as any_event

pytestmark = pytest.mark.django_db
LATER = paris("2025-03-15")
"""Both years are over and may be frozen."""
Cells = dict[str, str]


@dataclass(frozen=True)
class Version:
    """A measure version in one of its years. ``qualifies``, ``other``: cells of an event in its numerator, and in its
    denominator alone; ``beside``: of events that it does not count at all."""

    code: str
    version: int
    year: int
    amount: str
    qualifies: Cells
    other: Cells
    beside: tuple[Cells, ...]

    @property
    def name(self) -> str:
        """« EPRESC-2 »."""
        return f"{self.code}-{self.version}"


def prescription(setting: str, electronic: str) -> Cells:
    return {"type": "prescription", "apcv": "", "prescriber_setting": setting, "e_prescription": electronic}


def assessment(finalised: str, fed: str) -> Cells:
    return {"type": "assessment", "apcv": "", "finalised": finalised, "dmp_fed": fed}


def dispensation(mss: str) -> Cells:
    return {"type": "dispensation", "apcv": "", "mss_exchange": mss}


def claim(apcv: str) -> Cells:
    return {"type": "claim", "apcv": apcv}


VERSIONS = [
    Version("DMP", 1, 2023, "100.00", assessment("1", "1"), assessment("1", "0"), (assessment("0", "1"), claim("1"))),
    Version("MSS", 1, 2023, "240.00", dispensation("1"), dispensation("0"), (claim("1"), assessment("1", "1"))),
    Version(
        "EPRESC", 1, 2023, "250.00", prescription("hospital", "1"), prescription("city", "0"), (dispensation("1"),)
    ),
    Version(
        *("EPRESC", 2, 2024, "None"),
        prescription("city", "1"),
        prescription("city", "0"),
        (prescription("hospital", "1"), prescription("other", "1"), prescription("hospital", "0")),
    ),
    Version("APCV", 2, 2023, "50.00", claim("1"), claim("0"), (dispensation("1"), prescription("city", "1"))),
]
each_version = pytest.mark.parametrize("measure", VERSIONS, ids=lambda one: one.name)


@dataclass
class Log:
    """One pharmacy's log; every event has a number of its own."""

    one: Dossier
    logs: Depositor
    measure: Version
    number: int = 0

    def line(self, at: str, cells: Cells, number: int | None = None, **changes: str) -> str:
        """One line; ``number``: of the event that it corrects."""
        if number is None:
            self.number += 1
        return any_event(
            number or self.number, **{"finess": self.one.place.finess, "occurred_at": at, **cells} | changes
        )

    def whole_year(self) -> list[str]:
        """One event that qualifies in the middle of each month, numbers 1 to 12, and those that do not count."""
        year = self.measure.year
        noon = [f"{year}-{month:02d}-15T12:00:00Z" for month in range(1, 13)]
        return [self.line(at, self.measure.qualifies) for at in noon] + [
            self.line(noon[0], cells) for cells in self.measure.beside
        ]

    def send(self, lines: Iterable[str]) -> None:
        """Deposit them and compute the year and its neighbours."""
        assert (
            self.logs.run(self.logs.write(f"{self.number}-{len(list(self.logs.folder.iterdir()))}.csv", *lines))[1] == 0
        )
        self.compute()

    def compute(self) -> None:
        for year in (self.measure.year - 1, self.measure.year, self.measure.year + 1):
            compute_year(people.PROGRAMME, year)

    def standing(self, year: int) -> Standing:
        found = results_of(self.one.place.lineage_id, year)
        return next(one for one in found if one.result.code == self.measure.code)

    def counts(self, year: int) -> tuple[int, int]:
        """Numerator and denominator of what is known now."""
        found = self.standing(year)
        row = found.later or found.result
        return row.numerator, row.denominator


@pytest.fixture
def log(tmp_path: Path, measure: Version) -> Log:
    return Log(*realised(tmp_path / "logs"), measure)


def said(row: MeasureResult) -> tuple[object, ...]:
    return row.version, row.state, row.numerator, row.denominator, str(row.rate), str(row.amount)


@each_version
def test_the_year_ends_at_midnight_of_paris(log: Log, measure: Version) -> None:
    year = measure.year
    inside = [f"{year}-01-01T00:00:00+01:00", f"{year - 1}-12-31T23:00:00Z", f"{year}-12-31T22:59:59Z"]
    before = [f"{year - 1}-12-31T23:59:59+01:00", f"{year - 1}-12-31T22:59:59Z"]
    after = [f"{year + 1}-01-01T00:00:00+01:00", f"{year}-12-31T23:00:00Z"]
    with clock.frozen(business=LATER):
        lines = log.whole_year() + [log.line(at, measure.qualifies) for at in (*inside, *before, *after)]
        log.send([*lines, log.line(f"{year}-12-31T23:59:59+01:00", measure.other)])
        found = log.standing(year).result
        assert said(found) == (measure.version, "reached", 15, 16, "93.75", measure.amount)
        assert log.counts(year + 1)[0] == (2 if measure.name != "EPRESC-1" else 0), "hospitals are of version 1 alone"
        rows = [one.result for one in results_of(log.one.place.lineage_id, year - 1) if one.result.code == measure.code]
        told = {"EPRESC-2": [2], "APCV-2": [0]}.get(measure.name, [])
        assert [row.numerator for row in rows] == told, "in 2022 the priming of ApCV alone, which counts nothing"


@each_version
def test_cancelled_corrected_or_moved_to_another_year(log: Log, measure: Version) -> None:
    year = measure.year
    at = f"{year}-06-15T12:00:00Z"
    with clock.frozen(business=LATER):
        log.send([*log.whole_year(), log.line(at, measure.other)])
        other = log.number
        assert log.counts(year) == (12, 13)
        log.send([log.line(at, measure.other, number=other, revision="2", status="cancelled")])
        assert log.counts(year) == (12, 12)
        log.send([log.line(f"{year}-03-15T12:00:00Z", measure.other, number=3, revision="2")])
        assert log.counts(year) == (11, 12)
        log.send([log.line(f"{year + 1}-01-01T00:00:00+01:00", measure.qualifies, number=4, revision="2")])
        assert log.counts(year) == (10, 11)
        assert log.standing(year).result.months_missing == [], "a deposit brought April, whatever became of its line"
        log.send([log.line(at, measure.other, number=other, revision="3")])
        assert log.counts(year) == (10, 12), "a later revision calls a cancelled event back"


@each_version
def test_a_correction_after_the_freeze_is_a_regularisation(log: Log, measure: Version) -> None:
    year = measure.year
    with clock.frozen(business=LATER):
        log.send(log.whole_year())
        decided(Proposal(FREEZE, year, "", "Décision 2025-07", "Résultats arrêtés pour le paiement."))
        frozen = (measure.version, "reached", 12, 12, "100.00", measure.amount)
        moved = f"{year + 1}-01-02T12:00:00+01:00"
        log.send(
            [
                log.line(f"{year}-03-15T12:00:00Z", measure.other, number=3, revision="2"),
                log.line(f"{year}-04-15T12:00:00Z", measure.qualifies, number=4, revision="2", status="cancelled"),
                log.line(moved, measure.qualifies, number=5, revision="2"),
            ]
        )
        found = log.standing(year)
    assert said(found.result) == frozen and not found.result.regularisation
    assert found.later is not None and found.later.regularisation and found.later.regularises == found.result
    # 9 of 10: exactly at the threshold of the DMP, over all the others.
    assert said(found.later) == (measure.version, "reached", 9, 10, "90.00", measure.amount)


def test_each_measure_counts_its_own_events_and_not_its_neighbours(tmp_path: Path) -> None:
    kinds: list[tuple[Cells, int]] = [
        *((prescription(setting, flag), count) for setting, flag, count in _PRESCRIPTIONS),
        *((assessment(final, fed), count) for final, fed, count in _ASSESSMENTS),
        *((dispensation(flag), count) for flag, count in (("1", 2), ("0", 9))),
        *((claim(flag), count) for flag, count in (("1", 9), ("0", 4))),
    ]
    log = Log(*realised(tmp_path / "logs"), VERSIONS[0])
    with clock.frozen(business=LATER):
        log.send(
            log.line(f"{year}-05-15T12:00:00Z", cells)
            for year in (2022, 2023, 2024)
            for cells, count in kinds
            for _ in range(count)
        )
        assert _all(log, 2023) == {"DMP-1": (1, 17), "MSS-1": (2, 11), "EPRESC-1": (15, 33), "APCV-2": (9, 13)}
        assert _all(log, 2024) == {"DMP-1": (1, 17), "MSS-1": (2, 11), "EPRESC-2": (3, 7), "APCV-2": (9, 13)}
        assert _all(log, 2022) == {"APCV-1": (0, 0)}, "the priming has no rate: nothing is counted"
        [priming] = results_of(log.one.place.lineage_id, 2022)
        assert said(priming.result) == (1, "no_rate", 0, 0, "None", "None")


_PRESCRIPTIONS = (
    *(("city", "1", 3), ("city", "0", 4)),
    *(("hospital", "1", 5), ("hospital", "0", 6)),
    *(("other", "1", 7), ("other", "0", 8)),
)
_ASSESSMENTS = ("1", "1", 1), ("1", "0", 16), ("0", "1", 3), ("0", "0", 2)


def _all(log: Log, year: int) -> dict[str, tuple[int, int]]:
    compute_year(people.PROGRAMME, year)
    rows = [one.result for one in results_of(log.one.place.lineage_id, year)]
    return {f"{row.code}-{row.version}": (row.numerator, row.denominator) for row in rows}
