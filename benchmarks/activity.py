"""Measure the import of activity logs against other ways: ``python benchmarks/activity.py [LINES…]``.

One made-up file of each length (1 M and 10 M lines by default, 0.15 % of them bad) is read by: a bare DuckDB scan as
text, this import (reception, journal, parts, figures in PostgreSQL), pandas, PostgreSQL COPY + SQL, and, at 1 M, csv +
``bulk_create``. Each runs in a process of its own; wall seconds of the job, CPU seconds and peak memory of that process
are printed, with the ratios. All ways count the same claims, or the run fails. Targets: at most 5 × the bare scan for
lines cleaned, parsed, rejected, deduplicated, parts and figures together (the whole import, with reception, journal and
questions, is printed beside), 15 × faster than ``bulk_create`` at 1 M, 3 × faster than pandas at 10 M, under 2.5 GB,
and from 1 M to 50 M (when both are run) at most a tenth more for each line. The exit status is 1 when one is missed;
what could not be run is said not judged, and counts neither way.

The file holds a year of as many pharmacies as send so many events; ``BENCH_PLACES=500`` spreads the same lines over
more (six a day at 1 M: the rows of figures then cost more than the reading). ``BENCH_PYTHON`` names a Python that has
pandas, where the portal's own has not: that row is left out without it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from portal.config.embedded import environment  # noqa: E402
from portal.config.embedded.paths import Layout  # noqa: E402
from portal.config.embedded.roles import PASSWORD_FILE  # noqa: E402
from portal.config.embedded.session import Lease  # noqa: E402

GIGABYTES = 2.5
SMALL, LARGE = 1_000_000, 50_000_000
LINEAR = 1.1
Judged = tuple[bool | None, str]
"""Whether a target is reached, None where it was not judged, and its words."""
_DATABASE = "bench_activity"


@dataclass(frozen=True)
class Measure:
    """One way over one file: seconds of wall and CPU, gigabytes at the peak, claims counted."""

    wall: float
    cpu: float
    gigabytes: float
    claims: int
    core: float


def main() -> int:
    """Run everything; 1 when a target is missed."""
    lengths = [int(text) for text in sys.argv[1:]] or [SMALL, 10 * SMALL]
    judged: list[Judged] = []
    cores: dict[int, float] = {}
    for lines in lengths:
        # A database of its own for each: what was accepted before is read again by the next file.
        with tempfile.TemporaryDirectory(prefix="bench-activity-") as name, database(Path(name)) as environ:
            path = Path(name) / f"{lines}.csv"
            _run("make", path, environ, lines=lines)
            print(f"{lines:,} lignes, {path.stat().st_size / 1e6:.0f} Mo")
            found = _compare(path, lines, environ)
            cores[lines] = found["ours"].core
            judged += _told(judge(found, lines))
    judged += _told([judge_growth(cores)])
    return int(any(held is False for held, _ in judged))


def _compare(path: Path, lines: int, environ: dict[str, str]) -> dict[str, Measure]:
    ways = ["scan", "ours", "pandas", "copy", *["bulk"] * (lines <= SMALL)]
    found: dict[str, Measure] = {}
    for way in ways:
        measure = _run(way, path, environ, lines=lines)
        if measure is None:
            print(f"  {way:6} absent : n’est pas jugé")
            continue
        found[way] = measure
        ratio = measure.wall / found["scan"].wall
        print(
            f"  {way:6} {measure.wall:8.2f} s  CPU {measure.cpu:8.2f} s  {measure.gigabytes:5.2f} Go  "
            f"{ratio:6.1f} × le balayage nu",
            flush=True,
        )
    if len({measure.claims for way, measure in found.items() if way != "scan"}) != 1:
        raise SystemExit(f"the ways disagree: { {way: m.claims for way, m in found.items()} }")
    return found


def judge(found: dict[str, Measure], lines: int) -> list[Judged]:
    """The targets of one file."""
    ours = found["ours"]
    kept: list[Judged] = []
    core = ours.core / found["scan"].wall
    kept.append((core <= 5, f"lecture et compteurs, sans réception ni suites : {core:.1f} × le balayage nu, ≤ 5"))
    kept.append((ours.gigabytes < GIGABYTES, f"< {GIGABYTES} Go"))
    if "bulk" in found:
        kept.append(
            (found["bulk"].wall / ours.wall >= 15, f"bulk_create : {found['bulk'].wall / ours.wall:.1f} ×, ≥ 15")
        )
    if lines > SMALL:
        ratio = found["pandas"].wall / ours.wall if "pandas" in found else None
        kept.append((None if ratio is None else ratio >= 3, f"pandas : {_times(ratio)}, ≥ 3"))
    return kept


def judge_growth(cores: dict[int, float]) -> Judged:
    """The seconds of each line of the large file, beside those of the small one; ``cores``: seconds by length."""
    ratio = cores[LARGE] / cores[SMALL] / (LARGE / SMALL) if {SMALL, LARGE} <= cores.keys() else None
    words = f"de {SMALL:,} à {LARGE:,} lignes, temps par ligne : {_times(ratio)}, ≤ {LINEAR}"
    return None if ratio is None else ratio <= LINEAR, words


def _times(ratio: float | None) -> str:
    return "?" if ratio is None else f"{ratio:.2f} ×"


def _told(judged: list[Judged]) -> list[Judged]:
    words = {True: "atteint ", False: "MANQUÉ  ", None: "non jugé"}
    for held, target in judged:
        print(f"  {words[held]} {target}", flush=True)
    return judged


def _run(way: str, path: Path, environ: dict[str, str], *, lines: int) -> Measure | None:
    python = environ.get("BENCH_PYTHON", sys.executable) if way == "pandas" else sys.executable
    command = [python, "-m", "benchmarks.activity_ways", way, str(path), str(lines)]
    started = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    if process.returncode == 3:
        return None
    if process.returncode:
        raise SystemExit(f"{way}: status {process.returncode}")
    said = json.loads(output.splitlines()[-1])
    return Measure(
        said.get("wall", wall),
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss / 1e6,
        said.get("claims", 0),
        said.get("core", 0.0),
    )


@contextmanager
def database(folder: Path) -> Iterator[dict[str, str]]:
    """A throw-away PostgreSQL with the portal's tables, the same for every way; it syncs nothing."""
    folder.chmod(0o711)
    layout = Layout(folder / "engines")
    layout.var.mkdir(mode=0o711)
    layout.prepare()
    lease = Lease(layout, ["postgres"], tuning="test")
    try:
        url = environment.database_url(lease.run, (layout.secrets / PASSWORD_FILE).read_text())
        with psycopg.connect(url, autocommit=True) as link:
            link.execute(f"CREATE DATABASE {_DATABASE}")
        environ = filled(folder, DATABASE_URL=urlsplit(url)._replace(path=f"/{_DATABASE}").geturl())
        yield environ
    finally:
        lease.close()


def filled(folder: Path, **addresses: str) -> dict[str, str]:
    """The environment of a process of the portal on the database at these addresses, whose tables are made."""
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PORTAL_ENV": "test",
        "PORTAL_VAR": str(folder / "var"),
        "PORTAL_SECRET_KEY": "bench-only-" + "0123456789" * 5,
        "CELERY_BROKER_URL": "memory://",
        "DJANGO_SETTINGS_MODULE": "portal.config.settings",
        **addresses,
    }
    for command in (["migrate", "-v0"], ["load_programmes"]):
        argv = [sys.executable, "manage.py", *command]
        subprocess.run(argv, cwd=ROOT, env=environ, check=True, stdout=subprocess.DEVNULL)
    return environ


if __name__ == "__main__":
    sys.exit(main())
