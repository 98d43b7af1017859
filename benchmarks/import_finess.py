"""Measure ``manage.py import_finess`` on a made-up national file: ``python benchmarks/import_finess.py``.

Prints the wall time and the peak resident memory of the command's process, start of Django included, for a trial run,
a first import (everything created) and the same file again (nothing changes), then with a cs1100507 file in which
every pharmacy differs. The target (issue 2): under 20 s and 300 MB; the exit status is 1 when it is missed.
It works in a database of its own, made and dropped on the server of ``DATABASE_URL``; without it, on PostgreSQL's
binaries of the wheel, through ``manage.py``'s embedded engines in a temporary ``PORTAL_VAR``.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parents[1]
SECONDS, MEGABYTES = 20.0, 300.0
_DATABASE = "bench_import_finess"


def main() -> int:
    """Run the measures; the exit status is 1 when a target is missed."""
    with tempfile.TemporaryDirectory(prefix="bench-finess-") as name, _environment(Path(name)) as environ:
        folder = Path(name)
        folder.chmod(0o711)
        _run(["manage.py", "migrate", "--verbosity", "0"], environ)
        missed = False
        for title, extra in (("cs1100502", []), ("cs1100507", ["--geolocated", "--seed", "2"])):
            path = folder / f"{title}.csv"
            _run([str(ROOT / "benchmarks/make_finess.py"), str(path), *extra], environ)
            print(f"{title} : {path.stat().st_size / 1e6:.1f} Mo")
            for step, options in (("essai", ["--dry-run"]), ("premier import", []), ("même fichier", [])):
                missed = (
                    _measure(step, ["manage.py", "import_finess", str(path), "--json", *options], environ) or missed
                )
    return int(missed)


def _measure(step: str, command: list[str], environ: Mapping[str, str]) -> bool:
    """Print the figures of one run; whether it misses a target."""
    started = time.perf_counter()
    with subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environ, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"{command} : code {process.returncode}")
    report: dict[str, Any] = json.loads(output)
    figures = {name: report[name] for name in ("rows", "pharmacies", "created", "updated", "closed", "unchanged")}
    megabytes = _megabytes(usage)
    print(f"  {step:15} {seconds:6.2f} s {megabytes:6.1f} Mo  {figures} rejets {len(report['rejected'])}")
    return seconds >= SECONDS or megabytes >= MEGABYTES


def _megabytes(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / 1024 * 1.048576


@contextmanager
def _environment(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of the measured commands, on a database of their own."""
    url = os.environ.get("DATABASE_URL")
    if url is None:
        yield {**os.environ, "PORTAL_VAR": str(folder / "var"), "PORTAL_DEMO": "0"}
        return
    defaults = {"PORTAL_ENV": "test", "PORTAL_SECRET_KEY": "bench", "CELERY_BROKER_URL": "memory://"}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {_DATABASE}")
        connection.execute(f"CREATE DATABASE {_DATABASE}")
        try:
            own = urlsplit(url)._replace(path=f"/{_DATABASE}").geturl()
            yield {**defaults, **os.environ, "DATABASE_URL": own, "PORTAL_VAR": str(folder / "var")}
        finally:
            connection.execute(f"DROP DATABASE {_DATABASE} WITH (FORCE)")


def _run(command: list[str], environ: Mapping[str, str]) -> None:
    subprocess.run([sys.executable, *command], cwd=ROOT, env=environ, check=True)


if __name__ == "__main__":
    sys.exit(main())
