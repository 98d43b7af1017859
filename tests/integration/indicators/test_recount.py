"""Counting again from the accepted lines: the shares add up to the same figures, whoever counts them, killed or not."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from indicators.engine.parse import bucket
from indicators.models import DailyCounter, UserMonth
from indicators.services.recount import RECOUNT, request_recount
from portal.outbox.models import Job, JobState
from portal.outbox.services.jobs import run_waiting
from tests.conftest import MACHINE, TODAY
from tests.factories.gates import barred
from tests.factories.workers import ended, go, kill, worker
from tests.integration.indicators.deposits import Depositor, accounts, checked, depositor, figures

SHARES = 16


@pytest.fixture
def ours(committed_db: str, tmp_path: Path) -> Depositor:
    return depositor(tmp_path / "logs")


def deposited(ours: Depositor) -> None:
    """Two files of two pharmacies: events corrected, moved to another month, cancelled and repeated."""
    here, there = ours.places
    assert bucket(here) != bucket(there), "two shares at least"
    october = "2022-10-02T09:00:00+02:00"
    lines = [ours.event(n, finess=(here, there)[n % 2], user_ref=f"op{n % 3}") for n in range(1, 40)]
    ours.run(ours.write("a.csv", *lines))
    ours.run(
        ours.write(
            "b.csv",
            ours.event(1, finess=there, revision="2", occurred_at=october),
            ours.event(2, revision="3", status="cancelled"),
            ours.event(2, revision="2"),
            lines[5],
            ours.event(99, occurred_at=october),
        )
    )


def damaged() -> None:
    """Counters that are no more what the lines give: some changed, some gone, one that no line gives."""
    DailyCounter.objects.filter(day__month=10).update(claims=77)
    UserMonth.objects.filter(user_ref="op1").delete()
    extra = DailyCounter.objects.all()[0]
    extra.pk, extra.day = None, extra.day.replace(day=28)
    extra.save(force_insert=True)


def counted() -> tuple[dict[str, int], set[tuple[str, str, int]]]:
    return figures(), accounts()


def workers(database: str, store: Path, later: timedelta, count: int = 2) -> list[subprocess.Popen[str]]:
    """So many workers, each ready, that begin together; by their clock it is ``later``."""
    ready = [worker(database, TODAY, MACHINE + later, store) for _ in range(count)]
    for process in ready:
        go(process)
    return ready


def test_the_shares_are_the_whole(ours: Depositor) -> None:
    deposited(ours)
    before, out = counted(), StringIO()
    call_command("recount_activity", check=True, stdout=out)
    assert "Aucune différence" in out.getvalue()
    damaged()
    with pytest.raises(CommandError, match="Les compteurs diffèrent"):
        call_command("recount_activity", check=True, supplier=ours.supplier.siret, stdout=StringIO())
    assert counted() != before
    call_command("recount_activity", stdout=StringIO())
    assert (counted(), checked()[0]) == (before, 0)
    with pytest.raises(CommandError) as wrong:
        call_command("recount_activity", supplier="00000000000000")
    assert wrong.value.returncode == 2


def test_two_workers_share_the_buckets(ours: Depositor, committed_db: str, store: Path) -> None:
    deposited(ours)
    before = counted()
    damaged()
    request_recount([ours.supplier], check=False)
    with barred(DailyCounter) as until:
        both = workers(committed_db, store, timedelta())
        until(2)
    assert [ended(process) for process in both] == [0, 0]
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}
    by = [job.result["by"] for job in Job.objects.filter(kind=RECOUNT)]
    assert (len(by), len(set(by))) == (SHARES, 2), "each worker has counted some"
    assert (counted(), checked()[0]) == (before, 0)


def test_a_killed_worker_leaves_its_share_to_the_others(ours: Depositor, committed_db: str, store: Path) -> None:
    deposited(ours)
    before = counted()
    damaged()
    request_recount([ours.supplier], check=False)
    with barred(DailyCounter) as until:
        (first,) = workers(committed_db, store, timedelta(), count=1)
        until(1)
        kill(first)
    assert Job.objects.filter(state=JobState.RUNNING).count() == 1
    for process in workers(committed_db, store, timedelta(minutes=5)):
        assert ended(process) == 0
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}
    assert (counted(), checked()[0], run_waiting()) == (before, 0, 0)
    left = [path for path in (store / "work").rglob("*") if path.is_file()]
    ours.run(ours.write("c.csv", ours.event(500)))
    assert not any(path.exists() for path in left), "what it left is swept by the next reading"
