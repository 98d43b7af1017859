"""``import_activity`` and ``rebuild_activity``: files in, files out, figures, and what a machine is told."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from io import StringIO
from pathlib import Path
from uuid import uuid4

import duckdb
import pytest
from django.core.management import CommandError, call_command

from indicators import storage
from indicators.engine.parse import bucket
from indicators.models import DailyCounter, Deposit, DepositCell, UserMonth
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.outbox.models import OutboxMessage
from portal.outbox.services.deliver import deliver_pending
from tests.factories import people
from tests.integration.indicators.deposits import Depositor, accounts, checked, figures

KEYS = ["file", "sha256", "outcome", "code", "lines", "accepted", "duplicates", "superseded", "cancelled", "rejected"]


def test_a_file_is_taken_and_its_result_is_the_contract_s(ours: Depositor, store: Path) -> None:
    here, there = ours.places
    path = ours.write(
        "mars.csv",
        ours.event(1),
        ours.event(1),
        ours.event(2, finess=there, user_ref="op2"),
        ours.event(3, apcv=""),
        ours.event(4, revision="2", status="cancelled"),
        ours.event(4),
        ours.event(5, finess="000000000"),
    )
    (result,), status = ours.run(path)
    assert status == 0
    assert list(result)[:10] == KEYS
    assert result == {
        "file": "mars.csv",
        "sha256": sha256(path.read_bytes()).hexdigest(),
        "outcome": "accepted",
        "code": "",
        "lines": 7,
        "accepted": 4,
        "duplicates": 1,
        "superseded": 1,
        "cancelled": 1,
        "rejected": {"missing_value": 1, "unknown_finess": 1},
        "places": [],
    }
    assert figures() == {f"{here} 2022-11-02": 1, f"{there} 2022-11-02": 1}
    assert accounts() == {(here, "op1", 1), (there, "op2", 1)}
    assert sorted(DepositCell.objects.values_list("pharmacy__finess", "accepted")) == sorted([(here, 3), (there, 1)])
    assert (store / "raw" / result["sha256"]).read_bytes() == path.read_bytes()
    assert list(storage.folder("incoming").iterdir()) == []
    assert checked()[0] == 0


def test_the_same_bytes_again_change_nothing_and_say_so(ours: Depositor) -> None:
    path = ours.write("a.csv", ours.event(1))
    (first,), _ = ours.run(path)
    again = ours.folder / "b.csv"
    again.write_bytes(path.read_bytes())
    (second,), status = ours.run(again)
    assert status == 0
    told = {"file": "b.csv", "outcome": "already_deposited", "code": "already_deposited"}
    assert second == first | told
    assert Deposit.objects.count() == 1


def test_refused_files_leave_a_reason_and_no_bytes(ours: Depositor, store: Path) -> None:
    good = ours.write("a.csv", ours.event(1))
    patient = ours.write("b.csv", ours.event(2), ours.event(3, user_ref="1850578006084"))
    results, status = ours.run(good, patient)
    assert status == 1
    assert [(r["outcome"], r["code"], r["places"]) for r in results] == [
        ("accepted", "", []),
        ("refused", "patient_data_suspected", [3]),
    ]
    kept = [path for path in store.rglob("*") if path.is_file() and b"1850578006084" in path.read_bytes()]
    assert kept == []
    assert figures() == {f"{ours.places[0]} 2022-11-02": 1}


def test_the_software_must_be_the_supplier_s(ours: Depositor) -> None:
    path = ours.write("a.csv", ours.event(1))
    other = people.software(people.supplier()).referencings.get().number or ""
    for name in ("LGO-0000", other, "@"):
        (result,), status = ours.run(path, software=name)
        assert (status, result["outcome"], result["code"]) == (1, "refused", "unknown_software")
    assert ours.run(path)[1] == 0


def test_a_number_of_referencing_names_the_software(ours: Depositor) -> None:
    number = ours_number(ours)
    (result,), status = ours.run(ours.write("a.csv", ours.event(1)), software=number)
    assert (status, result["outcome"]) == (0, "accepted")


def ours_number(ours: Depositor) -> str:
    from_orders = ours.supplier.software.get().versions.get().referencings.exclude(number=None).get()
    assert from_orders.number is not None
    return from_orders.number


def test_pharmacies_of_others_and_years_before_the_order_are_foreign(ours: Depositor) -> None:
    stranger = people.pharmacy()
    path = ours.write(
        "a.csv", ours.event(1, finess=stranger.finess), ours.event(2, occurred_at="2022-01-01T00:00:00+01:00")
    )
    (result,), _ = ours.run(path)
    assert (result["accepted"], result["rejected"]) == (1, {"foreign_pharmacy": 1})


def test_what_a_person_reads(ours: Depositor) -> None:
    path, out = ours.write("a.csv", ours.event(1), ours.event(2, apcv="")), StringIO()
    call_command("import_activity", str(path), supplier=ours.supplier.siret, software=ours.software, stdout=out)
    assert "acceptées : 1" in out.getvalue()
    assert "rejetées : 1 missing_value – Valeur absente" in out.getvalue()


UNREADABLE = Path("/proc/self/mem")
"""It opens, and fails as soon as it is read, as a failing disk does."""


def test_a_stop_of_the_machine_tells_what_was_taken(ours: Depositor) -> None:
    first, last = ours.write("a.csv", ours.event(1)), ours.write("c.csv", ours.event(2))
    results, status = ours.run(first, UNREADABLE, last)
    assert (status, [(one["file"], one["outcome"]) for one in results]) == (3, [("a.csv", "accepted")])
    with pytest.raises(CommandError) as stopped:
        call_command(
            "import_activity",
            *map(str, (first, UNREADABLE, last)),
            supplier=ours.supplier.siret,
            software=ours.software,
            stdout=StringIO(),
        )
    words = str(stopped.value)
    assert words.startswith("Arrêt sur mem : le disque a refusé de lire ou d’écrire (Input/output error).")
    assert "1 fichier avant lui est lu" in words
    assert words.endswith("relancez la même commande : ce qui est déjà pris ne compte pas deux fois.")
    assert figures() == {f"{ours.places[0]} 2022-11-02": 1}
    results, status = ours.run(first, last)
    assert (status, [one["outcome"] for one in results]) == (0, ["already_deposited", "accepted"])


@pytest.mark.parametrize("wrong", ["supplier", "file"])
def test_wrong_usage(ours: Depositor, wrong: str) -> None:
    path = ours.folder / "none.csv" if wrong == "file" else ours.write("a.csv", ours.event(1))
    siret = "1" if wrong == "supplier" else ours.supplier.siret
    with pytest.raises(CommandError) as error:
        call_command("import_activity", str(path), supplier=siret, software=ours.software)
    assert error.value.returncode == 2
    assert not Deposit.objects.exists()


def test_the_journal_and_the_outbox_have_each_end(ours: Depositor) -> None:
    ours.run(ours.write("a.csv", ours.event(1)))
    ours.run(ours.write("b.csv"))
    events = AuditEvent.objects.filter(object_type="activity_deposit").order_by("id").values_list("verb", flat=True)
    assert list(events) == ["deposit", "accept", "deposit", "refuse"]
    topics = OutboxMessage.objects.filter(topic__startswith="activity.").values_list("topic", flat=True)
    assert sorted(topics) == ["activity.accepted", *["activity.deposited"] * 2, "activity.refused"]
    deliver_pending()
    assert not OutboxMessage.objects.filter(topic__startswith="activity.", delivered_at=None).exists()


def test_a_change_of_a_figure_is_seen_and_mended(ours: Depositor, store: Path) -> None:
    ours.run(ours.write("a.csv", ours.event(1), ours.event(2, finess="000000000")))
    ours.run(ours.write("b.csv", ours.event(1, revision="2", occurred_at="2022-10-02T09:00:00Z"), ours.event(3)))
    before, people_before = figures(), accounts()
    assert checked()[0] == 0
    people.pharmacy(finess="000000000")
    assert checked()[0] == 0, "what was unknown when it was deposited stays so"
    DailyCounter.objects.filter(day="2022-11-02").update(claims=9)
    UserMonth.objects.all().delete()
    DepositCell.objects.all().delete()
    for part in (store / "parts").rglob("*.parquet"):
        part.unlink()
    status, words = checked()
    assert (status, words.count("diffèrent"), words.count("a disparu")) == (1, 3, 7)
    call_command("rebuild_activity", stdout=StringIO())
    assert (figures(), accounts()) == (before, people_before)
    assert checked()[0] == 0
    ours.run(ours.write("c.csv", ours.event(3, revision="2", status="cancelled")))
    assert figures() == {f"{ours.places[0]} 2022-10-02": 1}


def rewritten(path: Path, query: str) -> None:
    """A part whose lines are others, in a file of the same name."""
    lines = f"FROM read_parquet('{path}', hive_partitioning = false)"
    with duckdb.connect() as duck:
        duck.execute(f"COPY ({query.format(lines)}) TO '{path}.new' (FORMAT parquet)")
    path.with_name(f"{path.name}.new").replace(path)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


DAMAGES: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "altered": (
        "bucket",
        lambda path: rewritten(path, "SELECT * REPLACE (NOT active AS active) {}"),
        "lignes acceptées, month=2022-11-01/bucket={} : la copie conservée diffère du fichier reçu.",
    ),
    "shorter": (
        "bucket",
        lambda path: rewritten(path, "{} OFFSET 1"),
        "lignes acceptées, month=2022-11-01/bucket={} : la copie conservée diffère du fichier reçu.",
    ),
    "truncated": ("bucket", cut, "lignes acceptées, month=2022-11-01/bucket={} : la copie conservée est illisible."),
    "revisions": (
        "revised",
        lambda path: rewritten(path, "SELECT * REPLACE ((revision + 1)::SMALLINT AS revision) {}"),
        "révisions : la copie conservée diffère du fichier reçu.",
    ),
    "rejects": ("rejects", cut, "lignes laissées de côté : la copie conservée est illisible."),
    "column gone": (
        "rejects",
        lambda path: rewritten(path, "SELECT line, code, value {}"),
        "lignes laissées de côté : la copie conservée diffère du fichier reçu.",
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_part_that_no_longer_says_what_the_file_said_is_told_and_mended(
    ours: Depositor, store: Path, name: str
) -> None:
    ours.run(ours.write("a.csv", ours.event(1), ours.event(2, revision="2"), ours.event(3, finess="000000000")))
    which, damage, words = DAMAGES[name]
    (path,) = [one for one in (store / "parts").rglob("*.parquet") if which in str(one)]
    before = figures()
    damage(path)
    status, told = checked()
    assert (status, told.splitlines()) == (
        1,
        [f"{ours.supplier.name} – a.csv : {words.format(bucket(ours.places[0]))}"],
    )
    call_command("rebuild_activity", stdout=StringIO())
    assert (checked()[0], figures()) == (0, before)
    ours.run(ours.write("b.csv", ours.event(2)))
    assert figures() == before, "what the next reading takes from the parts is right again"


def test_the_same_lines_in_another_order_are_the_same(ours: Depositor, store: Path) -> None:
    ours.run(ours.write("a.csv", *(ours.event(n) for n in range(1, 9))))
    (path,) = [one for one in (store / "parts").rglob("*.parquet") if "bucket" in str(one)]
    rewritten(path, "{} ORDER BY event_id DESC")
    assert checked()[0] == 0


def test_a_raw_file_that_changed_or_went_is_told(ours: Depositor, store: Path) -> None:
    ours.run(ours.write("a.csv", ours.event(1)))
    (raw,) = (store / "raw").iterdir()
    content = raw.read_bytes()
    raw.write_bytes(content + b"\n")
    assert (checked()[0], "a changé" in checked()[1]) == (1, True)
    raw.unlink()
    assert (checked()[0], "a disparu" in checked()[1]) == (1, True)


def test_bytes_of_no_deposit_are_forgotten_after_a_day_and_those_being_received_are_kept(ours: Depositor) -> None:
    """A reception killed between its bytes and its row."""
    old, new, part = (storage.folder("incoming") / name for name in (str(uuid4()), str(uuid4()), "x.part"))
    now = clock.machine_now().timestamp()
    for path, age in ((old, 90_000), (new, 60), (part, 90_000)):
        path.write_bytes(b"x")
        os.utime(path, (now - age, now - age))
    ours.run(ours.write("a.csv", ours.event(1)))
    assert list(storage.folder("incoming").iterdir()) == [new]
