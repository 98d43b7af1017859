"""Importing on PostgreSQL: created, updated, closed, re-opened, and nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from portal.common import clock
from portal.common.refusals import Refused
from portal.imports.models import ImportReject, ImportRun
from portal.registry.domain.finess_remarks import FileRefused
from portal.registry.models import Lineage, Pharmacy
from portal.registry.services import import_finess as service
from portal.registry.services.import_finess import import_finess
from portal.registry.services.import_finess_report import Report
from tests.unit.registry.finess_made_up import NAMED_COLUMNS, finess, named_row, official, pharmacies, row

pytestmark = pytest.mark.django_db

Run = Callable[..., Report]
AIN = pharmacies(20)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Import made-up lines as a file of the day given."""

    def _run(*rows: str, day: str = "2022-11-01", dry_run: bool = False) -> Report:
        path = tmp_path / "finess.csv"
        path.write_text(official(*rows, day=day), encoding="utf-8")
        return import_finess(path=path, dry_run=dry_run)

    return _run


def figures(report: Report) -> tuple[int, int, int, int]:
    return (report.created, report.updated, report.closed, report.unchanged)


def versions() -> list[tuple[str, str]]:
    """Where PostgreSQL keeps each pharmacy: any UPDATE moves it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT finess, ctid::text FROM registry_pharmacy ORDER BY finess")
        rows: list[tuple[str, str]] = cursor.fetchall()
    return rows


def state() -> list[tuple[object, ...]]:
    return list(Pharmacy.objects.order_by("finess").values_list())


def test_new_pharmacies_each_get_a_lineage_of_their_own(run: Run) -> None:
    report = run(*AIN, row(nofinesset=finess(900), categetab="355"))
    assert (report.rows, report.pharmacies, *figures(report)) == (21, 20, 20, 0, 0, 0)
    assert Pharmacy.objects.count() == Lineage.objects.count() == 20
    assert Pharmacy.objects.values("lineage").distinct().count() == 20


def test_what_is_stored(run: Run) -> None:
    run(row(lieuditbp="BP 7"))
    found = Pharmacy.objects.get()
    assert (found.finess, found.legal_finess, found.siret) == ("010000008", "010000107", "73282932000074")
    assert (found.name, found.address) == ("PHARMACIE DU GRAND MOULIN", "12 R DES ÉCOLES, BP 7")
    assert (found.postal_code, found.city, found.department) == ("01500", "VAUX EN PLAINE", "01")
    assert (found.category, found.phone, found.opened_on) == ("620", "0400000001", date(2013, 10, 1))
    assert (found.closed_on, found.source_date, found.organisation) == (None, date(2022, 11, 1), None)
    assert found.search_key == "pharmacie du grand moulin vaux en plaine 01500 010000008"
    assert found.sort_key == "pharmacie du grand moulin"


def test_the_same_file_again_writes_no_row(run: Run) -> None:
    run(*AIN)
    before = versions()
    assert figures(run(*AIN)) == (0, 0, 0, 20)
    assert versions() == before


def test_a_later_file_with_the_same_facts_writes_no_row(run: Run) -> None:
    run(*AIN)
    before = versions()
    assert figures(run(*AIN, day="2022-12-01")) == (0, 0, 0, 20)
    assert versions() == before


def test_only_the_rows_that_changed_are_written(run: Run) -> None:
    run(*AIN)
    before = dict(versions())
    changed = row(nofinesset=finess(3), rslongue="PHARMACIE NEUVE", ligneacheminement="01000 BOURG")
    assert figures(run(*AIN[:2], changed, *AIN[3:], day="2022-12-01")) == (0, 1, 0, 19)
    assert [number for number, place in versions() if before[number] != place] == [finess(3)]
    found = Pharmacy.objects.get(finess=finess(3))
    assert (found.name, found.city, found.source_date) == ("PHARMACIE NEUVE", "BOURG", date(2022, 12, 1))
    assert found.search_key == f"pharmacie neuve bourg 01000 {finess(3)}"


def test_an_absent_pharmacy_closes_on_the_day_of_the_file_and_reopens(run: Run) -> None:
    run(*AIN)
    lineage = Pharmacy.objects.get(finess=finess(1)).lineage_id
    assert figures(run(*AIN[1:], day="2022-12-01")) == (0, 0, 1, 19)
    assert Pharmacy.objects.get(finess=finess(1)).closed_on == date(2022, 12, 1)
    assert figures(run(*AIN[1:], day="2022-12-01")) == (0, 0, 0, 19)
    again = run(*AIN, day="2023-01-01")
    assert (figures(again), again.reopened) == ((0, 1, 0, 19), 1)
    found = Pharmacy.objects.get(finess=finess(1))
    assert (found.closed_on, found.lineage_id) == (None, lineage)


def test_a_pharmacy_that_becomes_something_else_closes(run: Run) -> None:
    run(*AIN)
    other = row(nofinesset=finess(1), categetab="699")
    assert run(other, *AIN[1:], day="2022-12-01").closed == 1


def test_a_departmental_file_closes_nothing_outside_of_its_department(run: Run) -> None:
    run(*AIN, *pharmacies(30, "75"), *pharmacies(1, "2B"))
    report = run(*AIN[:19], day="2022-12-01")
    assert figures(report) == (0, 0, 1, 19)
    assert "départements absents du fichier, laissés tels quels : 2B, 75" in report.warnings[-1].reason
    assert set(Pharmacy.objects.exclude(closed_on=None).values_list("department", flat=True)) == {"01"}


def test_a_partial_file_closes_nothing_and_says_so(run: Run) -> None:
    run(*AIN)
    report = run(*AIN[:10], day="2022-12-01")
    assert figures(report) == (0, 0, 0, 10)
    assert "le fichier porte 10 des 20 pharmacies connues" in report.warnings[-1].reason


def test_a_pharmacy_whose_row_is_rejected_is_not_closed(run: Run) -> None:
    run(*AIN)
    report = run(row(nofinesset=finess(1), dateouv="2013-02-30"), *AIN[2:], day="2022-12-01")
    assert (report.closed, len(report.rejected)) == (1, 1)
    assert Pharmacy.objects.get(finess=finess(1)).closed_on is None
    assert Pharmacy.objects.get(finess=finess(2)).closed_on == date(2022, 12, 1)


def test_an_unreadable_number_may_be_that_of_the_missing_pharmacy(run: Run) -> None:
    run(*AIN)
    report = run(row(nofinesset="01OOOOO16"), *AIN[1:], day="2022-12-01")
    assert report.closed == 0
    assert "illisible" in report.warnings[-1].reason


def test_a_file_that_breaks_off_closes_nothing(run: Run) -> None:
    run(*AIN)
    report = run(*AIN[:18], AIN[18][:40], day="2022-12-01")
    assert report.closed == 0
    assert "coupé" in report.warnings[-1].reason


def test_a_category_that_the_file_does_not_carry_closes_nothing(run: Run) -> None:
    run(*AIN, *pharmacies(1, start=50, categetab="629"))
    assert run(*AIN, day="2022-12-01").closed == 0


def test_a_pharmacy_unknown_to_the_national_files_is_left_alone(run: Run) -> None:
    Pharmacy.objects.create(
        finess=finess(70), name="X", department="01", category="620", sort_key="x", search_key="x",
        lineage=Lineage.objects.create(),
    )  # fmt: skip
    run(*AIN)
    assert run(*AIN, day="2022-12-01").closed == 0
    joined = run(*AIN, *pharmacies(1, start=70), day="2022-12-02")
    assert (joined.created, joined.updated) == (0, 1)


def test_a_closing_recorded_by_hand_stays_and_is_told(run: Run) -> None:
    run(*AIN)
    Pharmacy.objects.filter(finess=finess(1)).update(closed_on=date(2022, 11, 20))
    report = run(*AIN, day="2022-12-01")
    assert figures(report) == (0, 0, 0, 20)
    assert (report.warnings[-1].line, report.warnings[-1].value) == (2, finess(1))
    assert Pharmacy.objects.get(finess=finess(1)).closed_on == date(2022, 11, 20)


def test_an_older_file_neither_overwrites_nor_closes_nor_reopens(run: Run) -> None:
    run(*AIN)
    run(*AIN[1:], day="2022-12-01")
    run(*pharmacies(20, telephone="0499999999")[1:], day="2022-12-15")
    before = state()
    report = run(*AIN[:19], day="2022-11-01")
    assert figures(report) == (0, 0, 0, 19)
    assert any("fichier plus récent : laissées telles quelles" in w.reason for w in report.warnings)
    assert any("n’est fermée : un fichier plus récent" in w.reason for w in report.warnings)
    assert state() == before


def test_a_cell_without_its_accents_does_not_replace_the_good_one(run: Run) -> None:
    run(row(rslongue="PHARMACIE DE L'ÉGLISE"), *AIN[:3])
    lost = row(rslongue="PHARMACIE DE L'\ufffdGLISE", voie="DES \ufffd\ufffdCOLES")
    assert figures(run(lost, *AIN[:3], day="2022-12-01")) == (0, 0, 0, 4)
    assert Pharmacy.objects.get(finess="010000008").name == "PHARMACIE DE L'ÉGLISE"
    other = row(rslongue="PHARMACIE DU CH\ufffdTEAU")
    assert figures(run(other, *AIN[:3], day="2022-12-01")) == (0, 1, 0, 3)


def test_both_layouts_agree(run: Run, tmp_path: Path) -> None:
    run(row(), row(nofinesset=finess(2)))
    path = tmp_path / "etalab_stock_et_20221101.csv"
    lines = [NAMED_COLUMNS, named_row(telephone="04 00 00 00 01"), named_row(nofinesset=finess(2))]
    path.write_text("\r\n".join(lines), encoding="cp1252", newline="")
    report = import_finess(path=path)
    assert (figures(report), report.file_date) == ((0, 0, 0, 2), date(2022, 11, 1))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "finess.csv"
    path.write_text(official(row(rslongue="PHARMACIE DE L’ÉGLISE – CŒUR")), encoding=encoding)
    assert import_finess(path=path).created == 1
    assert Pharmacy.objects.get().name == "PHARMACIE DE L’ÉGLISE – CŒUR"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04xlsx", "classeur"),
        (b"\x1f\x8b\x08gz", "archive"),
        (official(row()).encode("utf-16"), "octets nuls"),
        (b"finess;etalab;1;2022-11-01\nstructureet;\x81\x8d", "ni de l’UTF-8"),
        (official(row()).encode() + "é".encode()[:1], "téléchargement coupé"),
    ],
)
def test_what_is_not_text_is_refused_whole(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "finess.csv"
    path.write_bytes(content)
    with pytest.raises(FileRefused) as caught:
        import_finess(path=path)
    assert caught.value.codes == ("unreadable_encoding",)
    assert words in caught.value.message


def test_a_dry_run_says_the_same_and_writes_nothing(run: Run) -> None:
    run(*AIN)
    before, runs = state(), ImportRun.objects.count()
    rows = [row(nofinesset=finess(900)), row(nofinesset=finess(2), rslongue="AUTRE"), row(dateouv="X"), *AIN[2:]]
    trial = run(*rows, day="2022-12-01", dry_run=True)
    assert (state(), versions() and Lineage.objects.count(), ImportRun.objects.count()) == (before, 20, runs)
    real = run(*rows, day="2022-12-01")
    assert trial.counts == real.counts
    assert (trial.rejected, trial.warnings, trial.dry_run) == (real.rejected, real.warnings, True)
    assert figures(real) == (1, 1, 1, 18)


def test_the_trace_of_a_run(run: Run, tmp_path: Path) -> None:
    instant = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    with clock.frozen(machine=instant):
        report = run(*AIN, row(nofinesset=finess(900), dateouv="2013-02-30" + "X" * 100))
    trace = ImportRun.objects.get()
    assert (trace.kind, trace.file_name, trace.file_date) == ("finess", "finess.csv", date(2022, 11, 1))
    assert (trace.sha256, trace.started_at, trace.finished_at) == (report.sha256, instant, instant)
    assert trace.counts == {
        "rows": 21, "pharmacies": 20, "created": 20, "updated": 0, "reopened": 0, "closed": 0, "unchanged": 0,
        "geolocated": 0, "rejected": 1, "warnings": 0,
    }  # fmt: skip
    reject = ImportReject.objects.get()
    assert (reject.run, reject.line, reject.column, len(reject.value)) == (trace, 22, "dateouv", 80)


def test_a_file_condemned_at_its_last_line_leaves_nothing(run: Run) -> None:
    with pytest.raises(FileRefused):
        run(*AIN, row(nofinesset=finess(900), siret="2,601E+13"))
    assert (Pharmacy.objects.count(), Lineage.objects.count(), ImportRun.objects.count()) == (0, 0, 0)


def test_two_imports_cannot_run_at_once(run: Run) -> None:
    settings = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    with psycopg.connect(**{name: settings[name] for name in names if settings.get(name)}) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [service._LOCK])
        with pytest.raises(Refused) as caught:
            run(*AIN)
        assert caught.value.codes == ("import_running",)
        assert Pharmacy.objects.count() == 0
    assert run(*AIN).created == 20
