"""The two sides of ``benchmarks/spark_recompute.py``, one a process: ``spark_ways.py portal|spark FOLDER PLACES``."""

# A side loads only what it has: Spark's Python knows no Django, the portal's no Spark.
# ruff: noqa: PLC0415

from __future__ import annotations

import csv
import json
import os
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

EVENTS = 200
"""By pharmacy and month."""


def portal(folder: Path, places: int) -> dict[str, Any]:
    """Import two files, write what PostgreSQL holds, then what the recount makes of the parts."""
    import django

    django.setup()
    from benchmarks.activity_setting import sender
    from indicators.services.foreground import import_file

    given, lines, accepted = sender(places), 0, 0
    for path in _logs(folder, places):
        result = import_file(path, **given)
        if result["outcome"] != "accepted":
            raise SystemExit(f"not as expected: {result}")
        lines, accepted = lines + result["lines"], accepted + result["accepted"]
    _write_stored(folder)
    (folder / "parts.json").write_text(json.dumps([str(path) for path in _homes(given["supplier"])]))
    began = time.perf_counter()
    _recount(folder, given["supplier"])
    return {"wall": time.perf_counter() - began, "lines": lines, "accepted": accepted}


def _logs(folder: Path, places: int) -> list[Path]:
    """Each pharmacy's year in two halves: what corrects an event may come in the second file."""
    from indicators.kit.sample import sample_lines

    months, paths = [date(2023, month, 1) for month in range(1, 13)], [folder / "first.csv", folder / "second.csv"]
    with paths[0].open("w") as first, paths[1].open("w") as second:
        for at in range(places):
            finess = f"{350000000 + at:09}"
            header, *lines = sample_lines(seed=at, pharmacies=[finess], months=months, events=EVENTS, faults=True)
            half = len(lines) // 2
            for file, part in ((first, lines[:half]), (second, lines[half:])):
                file.writelines(f"{line}\n" for line in ([header] if at == 0 else []) + part)
    return paths


def _homes(supplier: Any) -> list[Path]:
    from indicators import storage
    from indicators.services.reading import accepted_before

    return [storage.parts(supplier.pk, one.pk) for one in accepted_before(supplier.pk)]


def _write_stored(folder: Path) -> None:
    from indicators.domain.counters import COUNTERS, USER_COUNTERS
    from indicators.models import DailyCounter, UserMonth

    days = DailyCounter.objects.order_by("pk").values_list("pharmacy__finess", "day", *COUNTERS)
    users = UserMonth.objects.order_by("pk").values_list("pharmacy__finess", "month", "user_ref", *USER_COUNTERS)
    _write(folder / "postgresql-daily.csv", days.iterator())
    _write(folder / "postgresql-users.csv", users.iterator())


def _recount(folder: Path, supplier: Any) -> None:
    """The engine's own, all buckets one after the other; a FINESS stands for itself."""
    from indicators.engine.parse import BUCKETS
    from indicators.engine.recount import Share, recount

    found: dict[str, list[Path]] = {"daily": [], "users": []}
    for bucket in range(BUCKETS):
        place = folder / f"bucket-{bucket}"
        place.mkdir()
        share = Share(place, _homes(supplier), bucket, lambda ids: {one: one for one in ids}, "x", "2GB", 2)
        outcome = recount(share)
        found["daily"] += outcome.daily
        found["users"] += outcome.users
    for table, paths in found.items():
        rows = (row[1:] for path in paths for row in csv.reader(path.open()))
        _write(folder / f"portal-{table}.csv", rows)


def spark(folder: Path, places: int) -> dict[str, Any]:
    """The same figures from the parts alone: the last revision of each event, if it is active, counted."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    began = time.perf_counter()
    from pyspark.sql import SparkSession  # type: ignore[import-not-found,unused-ignore]
    from pyspark.sql import functions as f

    from indicators.domain.log_format import COUNTED

    builder = SparkSession.builder.master("local[2]").appName("recompute")
    for key, value in (
        ("pyspark.python", sys.executable),
        ("ui.enabled", "false"),
        ("sql.session.timeZone", "UTC"),
        ("sql.shuffle.partitions", "8"),
    ):
        builder = builder.config(f"spark.{key}", value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    started = time.perf_counter()
    homes = json.loads((folder / "parts.json").read_text())
    files = [str(path) for home in homes for path in Path(home).glob("parts/*/*/*.parquet")]
    names = session.createDataFrame([(path,) for path in files], "path string").repartition(2)
    said = names.mapInArrow(_lines_of, _LINES)
    fields = ("revision", "active", "user_ref", "kind", "day", "month", "off_hours")
    last = f.max_by(f.struct(*fields), "revision").alias("last")
    events = said.groupBy("finess", "event_id").agg(last).select("finess", "last.*").where("active").cache()
    counted = {name: f.count_if(f.col("kind").isin(kinds)).alias(name) for name, kinds in COUNTED.items()}
    days = events.groupBy("finess", "day").agg(*counted.values())
    calls = [counted[name] for name in ("insi_calls", "insi_failed")]
    off, active = f.count_if("off_hours"), f.count_distinct("day")
    users = events.groupBy("finess", "month", "user_ref").agg(*calls, off, counted["prescriptions"], active)
    _write(folder / "spark-daily.csv", days.toLocalIterator())
    _write(folder / "spark-users.csv", users.toLocalIterator())
    wall = time.perf_counter() - began
    session.stop()
    return {"wall": wall, "start": started - began, "version": session.version}


_LINES = """finess string, event_id binary, revision short, active boolean, user_ref string, kind string, day date,
    month date, off_hours boolean"""


def _lines_of(batches: Iterable[Any]) -> Iterable[Any]:
    """The lines of part files, read where Spark counts: its own reader refuses the UUID type of ``event_id``."""
    import pyarrow as pa  # type: ignore[import-not-found,unused-ignore]
    import pyarrow.parquet as pq  # type: ignore[import-not-found,unused-ignore]

    names = [part.split()[0] for part in _LINES.split(",")]
    for batch in batches:
        for path in batch.column(0).to_pylist():
            table = pq.ParquetFile(path).read(columns=names).select(names)
            said = [table.column(name).combine_chunks() for name in names]
            said[1] = (said[1].storage if hasattr(said[1], "storage") else said[1]).cast(pa.binary())
            kinds = said[5]
            said[5] = kinds.dictionary_decode() if hasattr(kinds, "dictionary_decode") else kinds
            yield from pa.table(said, names=names).to_batches()


def _write(path: Path, rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def main() -> None:
    """One side."""
    way, folder, places = sys.argv[1:]
    said = {"portal": portal, "spark": spark}[way](Path(folder), int(places))
    print(json.dumps(said))


if __name__ == "__main__":
    main()
