"""PostgreSQL stopped in the middle of imports: ``python benchmarks/activity_stopped.py [STOPS]`` (50 by default).

Each import is of a new file, in a process of its own; while it runs the server is stopped at once (SIGQUIT to the
postmaster: no checkpoint, recovery at the next start), then started again. After each stop every file must be wholly in
or wholly out, and say so; every fifth time, and at the end, the figures are derived anew from the raw files
(``rebuild_activity --check``). At last everything is sent again and must be in once. The exit status is 1 otherwise.

The server keeps its default durability here: commits are on the disk.
"""

# The process that reads loads Django; the one that stops the server does not.
# ruff: noqa: PLC0415

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

STOPS, LINES, PLACES = 50, 20_000, 3


def main() -> int:
    """Stop, start, compare."""
    stops = int(sys.argv[1]) if len(sys.argv) > 1 else STOPS
    rng = random.Random(stops)
    with tempfile.TemporaryDirectory(prefix="bench-stopped-") as name, _server(Path(name)) as (server, environ):
        folder, cut = Path(name), 0
        paths = [_log(folder, number) for number in range(stops)]
        typical = _typical(environ, folder)
        for number, path in enumerate(paths, 1):
            process = _start(environ, "import", path)
            process.stdout.readline()  # type: ignore[union-attr]
            time.sleep(rng.uniform(0, typical))
            server.child.signal(signal.SIGQUIT)
            server.child.wait(30)
            server.child.reap()
            process.wait()
            cut += process.returncode != 0
            server.start()
            said = _run(environ, "look", *(["check"] if number % 5 == 0 or number == stops else []))
            print(f"{number:3} arrêts, {cut} imports coupés : {said}", flush=True)
            if not said["whole"]:
                return 1
        return _everything_again(environ, paths, cut)


def _everything_again(environ: dict[str, str], paths: list[Path], cut: int) -> int:
    for path in paths:
        _run(environ, "import", path)
    said = _run(environ, "look", "check")
    print(f"tout renvoyé : {said}")
    return int(not (said["whole"] and said["accepted"] == len(paths) + 1 and cut))


def _typical(environ: dict[str, str], folder: Path) -> float:
    """How long an import takes that nothing stops."""
    path = _log(folder, 10_000)
    process = _start(environ, "import", path)
    process.stdout.readline()  # type: ignore[union-attr]
    began = time.perf_counter()
    if process.wait():
        raise SystemExit("the first import failed")
    return time.perf_counter() - began


def _log(folder: Path, number: int) -> Path:
    """A file whose events are its own."""
    from benchmarks.activity_ways import A_YEAR, HEADER, make

    path = folder / f"log{number}.csv"
    os.environ["BENCH_PLACES"] = str(PLACES)
    if not (folder / "all.csv").exists():
        make(folder / "all.csv", LINES)
    lines = (folder / "all.csv").read_text().splitlines()[1:]
    assert A_YEAR > LINES
    marked = (line if line.startswith("bad") else f"{number:08x}{line[8:]}" for line in lines)
    path.write_text("\n".join([HEADER, *marked]) + "\n")
    return path


@contextmanager
def _server(folder: Path) -> Iterator[tuple[Any, dict[str, str]]]:
    """A durable PostgreSQL of our own, with the portal's tables."""
    from benchmarks.activity import filled
    from portal.config.embedded import environment
    from portal.config.embedded.paths import Layout
    from portal.config.embedded.postgres import Postgres
    from portal.config.embedded.roles import OWNER, OWNER_PASSWORD_FILE, PASSWORD_FILE

    folder.chmod(0o711)
    layout, run = Layout(folder / "engines"), folder / "run"
    for place in (layout.var, run):
        place.mkdir(mode=0o711)
    layout.prepare()
    server = Postgres(layout, run, "durable")
    server.start()
    try:
        word = (layout.secrets / PASSWORD_FILE).read_text()
        owner = (layout.secrets / OWNER_PASSWORD_FILE).read_text()
        environ = filled(
            folder,
            DATABASE_URL=environment.database_url(run, word),
            DATABASE_OWNER_URL=environment.database_url(run, owner, OWNER),
        )
        yield server, environ
    finally:
        server.stop()


def _start(environ: dict[str, str], *words: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.activity_stopped", *map(str, words)]
    return subprocess.Popen(
        command, cwd=ROOT, env=environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def _run(environ: dict[str, str], *words: Any) -> dict[str, Any]:
    process = _start(environ, *words)
    output = process.communicate()[0]
    if process.returncode:
        raise SystemExit(f"{words}: status {process.returncode}")
    said: dict[str, Any] = json.loads(output.splitlines()[-1])
    return said


def import_one(path: Path) -> dict[str, Any]:
    """Import a file for the supplier of the benchmark, made the first time."""
    from benchmarks.activity_setting import sender
    from indicators.services.foreground import import_file

    given = sender(PLACES)
    print("ready", flush=True)
    return import_file(path, **given)


def look(*, check: bool) -> dict[str, Any]:
    """Whether each deposit is wholly in or wholly out: the figures count what the accepted ones say, no more."""
    from django.core.management import call_command
    from django.core.management.base import CommandError
    from django.db.models import Sum

    from indicators.domain.counters import COUNTERS
    from indicators.models import DailyCounter, Deposit
    from portal.audit.models import AuditEvent

    states = {state: Deposit.objects.filter(state=state).count() for state in ("received", "accepted", "refused")}
    told = AuditEvent.objects.filter(object_type="activity_deposit", verb="accept").count()
    kinds = ("dispensations", "prescriptions", "claims", "assessments_final", "insi_calls")
    assert set(kinds) <= set(COUNTERS), COUNTERS
    sums = DailyCounter.objects.aggregate(**{name: Sum(name) for name in kinds})
    counted = sum(value or 0 for value in sums.values())
    accepted = Deposit.objects.filter(state="accepted").aggregate(n=Sum("accepted"))["n"] or 0
    whole = told == states["accepted"] and counted == accepted and not states["refused"]
    if check:
        try:
            call_command("rebuild_activity", check=True, stdout=sys.stderr)
        except CommandError:
            whole = False
    return {**states, "events": accepted, "counted": counted, "whole": whole}


if __name__ == "__main__":
    if sys.argv[1:2] in (["import"], ["look"]):
        import django

        django.setup()
        words = sys.argv[2:]
        print(json.dumps(import_one(Path(words[0])) if sys.argv[1] == "import" else look(check=words == ["check"])))
    else:
        sys.exit(main())
