"""An import killed at any point, two at once, a full disk: each file is wholly in or wholly out, and says so.

``ACTIVITY_STOPS=50 pytest tests/integration/indicators/test_killed.py`` stops as many imports (minutes).
"""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import time
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.db import connection

from indicators.models import DailyCounter, Deposit
from indicators.services.deposit import deposit_log
from indicators.services.locks import READING
from portal.accounts.actors import Actor
from portal.audit.models import AuditEvent
from portal.registry.models import SoftwareVersion
from tests.conftest import MACHINE
from tests.factories.gates import barred, no_more_connections, wait_for
from tests.factories.workers import ended, go, kill, started, told
from tests.integration.indicators.deposits import Depositor, checked, depositor, figures
from tests.unit.indicators.logs import log

FILES = 3
STOPS = int(os.environ.get("ACTIVITY_STOPS", "3"))
IMPORT = """
import sys, django
django.setup()
from django.core.management import execute_from_command_line
from portal.common import clock
from datetime import datetime
print("ready", flush=True)
now, supplier, software, *files = sys.argv[1:]
with clock.frozen(business=datetime.fromisoformat(now)):
    execute_from_command_line(
        ["manage.py", "import_activity", "--json", "--supplier", supplier, "--software", software, *files]
    )
"""
READ = """
import django
django.setup()
from indicators.services.background import read_waiting, suppliers_waiting
from portal.common import clock
from datetime import datetime
import sys
print("ready", flush=True)
sys.stdin.readline()
with clock.frozen(business=datetime.fromisoformat(sys.argv[1]), machine=datetime.fromisoformat(sys.argv[2])):
    for supplier in suppliers_waiting():
        read_waiting(supplier)
"""
NOW = "2022-11-15T10:00:00+01:00"


@pytest.fixture
def ours(committed_db: str, tmp_path: Path) -> Depositor:
    return depositor(tmp_path / "logs")


def files(ours: Depositor, events: int = 1500, count: int = FILES) -> list[Path]:
    """Logs of the same pharmacies and months, each with events of its own, in a file of its own."""
    made = []
    for seed in range(count):
        lines = [
            ours.event(seed * 100_000 + n, finess=ours.places[n % 2], user_ref=f"op{n % 9}") for n in range(events)
        ]
        path = ours.folder / f"log{seed}.csv"
        path.write_bytes(log(*lines))
        made.append(path)
    return made


def start(ours: Depositor, database: str, store: Path, paths: list[Path], limit: int = 0) -> subprocess.Popen[str]:
    """The command in a process of its own; ``limit``: how many bytes a file may have."""
    args = (NOW, ours.supplier.siret, ours.software, *map(str, paths))
    return started(IMPORT, *args, database=database, store=store, limit=limit)


def disconnect(database: str, process: subprocess.Popen[str], seconds: float = 0) -> tuple[int, str]:
    """What an import sees of a PostgreSQL that stops, so long after it has begun to read: its connection ends, and it
    finds no other (the command reads once for the worker that it wakes in its own process, and once for itself)."""
    wait_for(lambda: process.poll() is not None or _reading(database), "an import that reads")
    time.sleep(seconds)
    with connection.cursor() as cursor, no_more_connections(database):
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [database],
        )
        return told(process)


def _reading(database: str) -> bool:
    """Whether one holds the lock of who reads."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE locktype = 'advisory' AND classid = %s AND datname = %s)",
            [READING, database],
        )
        return bool(cursor.fetchone()[0])


def whole(count: int) -> None:
    """Every file is in, once, with all its lines; nothing is left over."""
    assert list(Deposit.objects.order_by("sequence").values_list("sequence", flat=True)) == list(range(1, count + 1))
    assert set(Deposit.objects.values_list("state", flat=True)) == {"accepted"}
    assert sum(figures().values()) == sum(Deposit.objects.values_list("accepted", flat=True))
    verbs = AuditEvent.objects.filter(object_type="activity_deposit").values_list("verb", flat=True)
    assert sorted(verbs) == ["accept"] * count + ["deposit"] * count
    assert checked()[0] == 0


@pytest.mark.parametrize("how", ["kill", "disconnect"])
def test_stopped_at_any_point(ours: Depositor, committed_db: str, store: Path, how: str) -> None:
    """Each import is of a new file; after the last stop one import takes what is left.

    The first is stopped before it can write its counters, the others at any point, also too late.
    """
    rng, paths = random.Random(5), files(ours, count=STOPS)
    stop = kill if how == "kill" else partial(disconnect, committed_db)
    with barred(DailyCounter) as until:
        process = start(ours, committed_db, store, paths[:1])
        until(1)
        answer = stop(process)
    assert how == "kill" or answer == (3, "[]\n"), "no PostgreSQL is no refusal"
    assert set(Deposit.objects.values_list("state", flat=True)) == {"received"}
    for at, path in enumerate(paths[1:], 2):
        stop(start(ours, committed_db, store, [path]), rng.uniform(0.01, 0.5))
        taken = Deposit.objects.filter(state="accepted")
        assert sum(figures().values()) == sum(taken.values_list("accepted", flat=True))
        if at % 3 == 0:
            assert checked()[0] == 0
    assert ended(start(ours, committed_db, store, paths)) == 0
    whole(STOPS)
    for kept in (store / "incoming").iterdir():
        os.utime(kept, (0, 0))
    again = ours.write("last.csv", ours.event(1, event_id="00000001-0000-4000-8000-00000000ffff"))
    assert ended(start(ours, committed_db, store, [again])) == 0
    assert list((store / "incoming").iterdir()) == [], "receptions that were killed are forgotten after a day"


def test_two_imports_at_once_of_one_supplier(ours: Depositor, committed_db: str, store: Path) -> None:
    paths = files(ours)
    first = start(ours, committed_db, store, paths)
    second = start(ours, committed_db, store, paths[::-1])
    assert (ended(first), ended(second)) == (0, 0)
    whole(FILES)


@pytest.mark.parametrize("packed", [False, True], ids=["received", "read"])
def test_a_full_disk_takes_nothing_and_the_next_import_everything(
    ours: Depositor, committed_db: str, store: Path, packed: bool
) -> None:
    """Full while the bytes arrive, or only once they are unpacked; the file before it is taken, and told."""
    small = ours.write("small.csv", ours.event(900_000))
    (path,) = files(ours)[:1]
    if packed:
        path.write_bytes(gzip.compress(path.read_bytes()))
    assert (path.stat().st_size < 100_000) is packed
    status, words = told(start(ours, committed_db, store, [small, path], 100_000))
    assert (status, [(one["file"], one["accepted"]) for one in json.loads(words)]) == (3, [("small.csv", 1)])
    assert Deposit.objects.exclude(state="received").count() == 1
    assert checked()[0] == 0
    status, words = told(start(ours, committed_db, store, [small, path]))
    assert (status, [one["outcome"] for one in json.loads(words)]) == (0, ["already_deposited", "accepted"])
    whole(2)


def test_a_killed_reader_leaves_its_file_to_the_next_one(ours: Depositor, committed_db: str, store: Path) -> None:
    """What the page and the interface leave to the worker: received, then killed while it is read, then read."""
    version = SoftwareVersion.objects.get(software__supplier=ours.supplier)
    for path in files(ours, events=20_000, count=2):
        content = [path.read_bytes()]
        deposit_log(supplier=ours.supplier, version=version, name=path.name, content=content, actor=Actor.system())
    with barred(DailyCounter):
        reader = started(READ, NOW, MACHINE.isoformat(), database=committed_db, store=store)
        go(reader)
        wait_for(lambda: _reading(committed_db), "a reader")
        kill(reader, 0.1)
    assert Deposit.objects.filter(state="received").exists()
    later = (MACHINE + timedelta(minutes=5)).isoformat()
    readers = [started(READ, NOW, later, database=committed_db, store=store) for _ in range(2)]
    for one in readers:
        go(one)
    assert [ended(one) for one in readers] == [0, 0]
    whole(2)
    assert set(Deposit.objects.values_list("read_lines", "read_bad")) == {(20_000, 0)}
