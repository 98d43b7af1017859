"""Count again on Spark from the same Parquet parts: ``BENCH_PYTHON=… python benchmarks/spark_recompute.py [PLACES]``.

Made-up logs with faults, revisions and cancellations, some of them in a later file than the event that they correct,
are imported for so many pharmacies over a year (200 by default). Then the parts alone are read twice: by the portal's
own recount, bucket by bucket, and by Spark, which knows nothing of the engine but the list of what each counter
counts. Every row of both tables of counters must be the same in PostgreSQL, the recount and Spark, to the last digit;
the exit status is 1 otherwise. Seconds are printed: on one machine Spark's are mostly its start.

``BENCH_PYTHON`` names a Python that has PySpark, whose Java must be installed; the portal needs neither. Without it
there is nothing to compare with, and the exit status is 2.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.activity import database  # noqa: E402

PLACES = 200


def main() -> int:
    """Import, count twice, compare."""
    python = os.environ.get("BENCH_PYTHON", "")
    if not python:
        print("BENCH_PYTHON doit nommer un Python qui a PySpark : rien n’est comparé.")
        return 2
    places = int(sys.argv[1]) if len(sys.argv) > 1 else PLACES
    with tempfile.TemporaryDirectory(prefix="bench-spark-") as name, database(Path(name)) as environ:
        folder = Path(name)
        portal = _run(sys.executable, "portal", folder, environ, places)
        spark = _run(python, "spark", folder, environ, places)
        print(f"{places} pharmacies, {portal['lines']:,} lignes, {portal['accepted']:,} acceptées")
        print(f"  nouveau compte du portail {portal['wall']:7.2f} s")
        print(f"  Spark {spark['version']:19} {spark['wall']:7.2f} s, dont {spark['start']:.2f} s de démarrage")
        same = [_same(folder, table) for table in ("daily", "users")]
        return int(not all(same))


def _same(folder: Path, table: str) -> bool:
    """Whether the three say the same of a table; the first rows that differ are shown."""
    said = {who: _rows(folder / f"{who}-{table}.csv") for who in ("postgresql", "portal", "spark")}
    stored = said.pop("postgresql")
    for who, rows in said.items():
        odd = sorted(stored ^ rows)
        print(f"  {table:6} {len(stored):9,} lignes, {who} : {'identique' if not odd else f'{len(odd)} ÉCARTS'}")
        for row in odd[:5]:
            print(f"    {'base' if row in stored else who} {row}")
    return bool(stored) and all(rows == stored for rows in said.values())


def _rows(path: Path) -> set[str]:
    lines = path.read_text().split()
    if len(set(lines)) != len(lines):
        raise SystemExit(f"{path.name}: a row comes twice")
    return set(lines)


def _run(python: str, way: str, folder: Path, environ: dict[str, str], places: int) -> dict[str, Any]:
    command = [python, "-m", "benchmarks.spark_ways", way, str(folder), str(places)]
    done = subprocess.run(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, check=True)
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


if __name__ == "__main__":
    sys.exit(main())
