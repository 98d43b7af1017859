"""The ways that ``benchmarks/activity.py`` compares, one a process: ``activity_ways.py WAY FILE LINES``.

Prints one JSON line: ``wall`` seconds of the job itself, without the start of Python and Django, ``claims`` counted,
and of ours the ``core`` seconds (lines cleaned, parsed, rejected, deduplicated, parts and figures written).
Every way but the scan takes the format of a line, the repetition of an event, the day of Paris and the counts of a day
into account; only ours does the rest (rejects with their reason, revisions, parts, journal).
"""

# A way loads only what it needs, so that its memory is its own.
# ruff: noqa: PLC0415, S608

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

A_YEAR = 119_000
"""Events of one pharmacy in a year: 2.5 billion for 21,000 of them."""
HEADER = (
    "event_id;revision;status;finess;occurred_at;type;user_ref;mss_exchange;e_prescription;prescriber_setting;apcv;"
    "finalised;dmp_fed;insi_operation;insi_means;insi_outcome"
)
_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PARIS = ZoneInfo("Europe/Paris")


def places(lines: int) -> int:
    """As many pharmacies as send so many lines in a year; ``BENCH_PLACES`` names another number."""
    return int(os.environ.get("BENCH_PLACES", 0)) or max(1, lines // A_YEAR)


def make(path: Path, lines: int) -> int:
    """A file of one year, 0.15 % of its lines bad; the same bytes for a length."""
    kinds = ["dispensation;{u};1;;;;;;;;", "prescription;{u};;0;city;;;;;;", "claim;{u};;;;1;;;;;"]
    kinds += ["assessment;{u};;;;;1;0;;;", "insi_call;{u};;;;;;;retrieval;cpx;ok"]
    wide = places(lines)
    with path.open("w", newline="\n") as file:
        file.write(HEADER + "\n")
        for number in range(lines):
            digest = hashlib.blake2b(number.to_bytes(8), digest_size=16).hexdigest()
            draw = int(digest[:12], 16)
            name = (
                "bad"
                if draw % 667 == 0
                else f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:]}"
            )
            hour, minute = 7 + draw // 336 % 13, draw // 7 % 60
            when = f"2023-{draw % 12 + 1:02}-{draw // 12 % 28 + 1:02}T{hour:02}:{minute:02}:{draw % 60:02}"
            kind = kinds[draw // 1000 % 5].format(u=f"op{draw // 5000 % 8}")
            file.write(f"{name};1;active;{350000000 + draw // 64 % wide:09};{when}+02:00;{kind}\n")
    return 0


def scan(path: Path, lines: int) -> int:
    """Every cell as text, nothing else."""
    import duckdb

    names = [f"c{at}" for at in range(16)]
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    with duckdb.connect(config={"threads": 2}) as duck:
        duck.execute(
            f"SELECT count(*), {', '.join(f'max({name})' for name in names)} FROM read_csv('{path}', header=true, "
            f"auto_detect=false, delim=';', quote='', escape='', columns={{{columns}}})"
        ).fetchall()
    return 0


def ours(path: Path, lines: int) -> int:
    """What ``import_activity`` does, for a supplier that equips every pharmacy of the file."""
    from django.db.models import Sum

    from benchmarks.activity_setting import sender
    from indicators.models import DailyCounter
    from indicators.services import reading
    from indicators.services.foreground import import_file

    given = sender(places(lines))
    DailyCounter.objects.all().delete()
    for name in ("read", "replace_figures"):
        vars(reading)[name] = _timed(vars(reading)[name])
    _start()
    result = import_file(path, **given)
    if result["outcome"] != "accepted" or result["lines"] != lines:
        raise SystemExit(f"not as expected: {result}")
    _stop()
    return int(DailyCounter.objects.aggregate(n=Sum("claims"))["n"])


def pandas(path: Path, lines: int) -> int:
    """The usual data frame."""
    try:
        import pandas as pd  # type: ignore[import-untyped,import-not-found,unused-ignore]
    except ImportError:
        sys.exit(3)
    frame = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False, quoting=csv.QUOTE_NONE)
    frame = frame[frame.event_id.str.fullmatch(_ID.pattern)]
    at = pd.to_datetime(frame.occurred_at, utc=True, format="ISO8601")
    frame["day"] = at.dt.tz_convert("Europe/Paris").dt.date
    frame = frame.drop_duplicates(["finess", "event_id", "revision"])
    frame = frame[(frame.status == "active") & frame.user_ref.str.fullmatch("[A-Za-z0-9_-]{1,32}")]
    days = frame.groupby(["finess", "day", "type"]).size()
    frame.groupby(["finess", "user_ref", frame.day.astype(str).str[:7]]).agg({"day": "nunique", "event_id": "size"})
    frame.to_pickle(path.with_suffix(".pickle"))
    path.with_suffix(".pickle").unlink()
    return int(days.xs("claim", level="type").sum())


def copy(path: Path, lines: int) -> int:
    """PostgreSQL alone: COPY as text, then SQL."""
    import psycopg

    names = HEADER.split(";")
    with psycopg.connect(os.environ["DATABASE_URL"]) as link, path.open("rb") as file:
        link.execute(f"CREATE TEMPORARY TABLE raw ({', '.join(f'{name} text' for name in names)})")
        with link.cursor().copy("COPY raw FROM STDIN (FORMAT csv, HEADER, DELIMITER ';', QUOTE E'\\x01')") as into:
            while block := file.read(1 << 20):
                into.write(block)
        link.execute(
            "CREATE TEMPORARY TABLE event AS SELECT DISTINCT ON (finess, event_id) finess, event_id::uuid, type, "
            "user_ref, (occurred_at::timestamptz AT TIME ZONE 'Europe/Paris')::date AS day FROM raw "
            f"WHERE event_id ~ '^{_ID.pattern}$' AND user_ref ~ '^[A-Za-z0-9_-]{{1,32}}$' AND status = 'active' "
            "ORDER BY finess, event_id, revision::int DESC"
        )
        link.execute(
            "CREATE TEMPORARY TABLE daily AS SELECT finess, day, type, count(*) AS n FROM event GROUP BY 1, 2, 3"
        )
        link.execute(
            "CREATE TEMPORARY TABLE users AS SELECT finess, user_ref, date_trunc('month', day), count(DISTINCT day) "
            "FROM event GROUP BY 1, 2, 3"
        )
        row = link.execute("SELECT sum(n) FROM daily WHERE type = 'claim'").fetchone()
    return int(row[0]) if row else 0


def bulk(path: Path, lines: int) -> int:
    """Python's csv and Django's ``bulk_create``, then the ORM's sums."""
    from django.db import connection
    from django.db.models import Count

    from benchmarks.activity_setting import event_model

    event = event_model()
    with connection.schema_editor() as editor:
        editor.create_model(event)
    _start()
    with path.open(newline="") as file:
        rows = csv.DictReader(file, delimiter=";", quoting=csv.QUOTE_NONE)
        event.objects.bulk_create(_events(rows, event), batch_size=5000, ignore_conflicts=True)
    found = list(event.objects.values("finess", "day", "type").annotate(n=Count("pk")))
    _stop()
    with connection.schema_editor() as editor:
        editor.delete_model(event)
    return sum(row["n"] for row in found if row["type"] == "claim")


def _events(rows: Iterator[dict[str, Any]] | csv.DictReader[str], event: Any) -> Iterator[Any]:
    for row in rows:
        if _ID.fullmatch(row["event_id"]) and row["status"] == "active":
            at = datetime.fromisoformat(row["occurred_at"]).astimezone(_PARIS)
            yield event(
                event_id=row["event_id"],
                finess=row["finess"],
                day=at.date(),
                type=row["type"],
                user_ref=row["user_ref"],
            )


_clock: list[float] = []
_core: list[float] = []
"""Seconds of reading and of replacing the figures: without reception, journal, messages and questions."""


def _timed(work: Callable[..., Any]) -> Callable[..., Any]:
    def timed(*args: Any, **named: Any) -> Any:
        began = time.perf_counter()
        try:
            return work(*args, **named)
        finally:
            _core.append(time.perf_counter() - began)

    return timed


def _start() -> None:
    _clock[:] = [time.perf_counter()]


def _stop() -> None:
    _clock.append(time.perf_counter())


WAYS: dict[str, Callable[[Path, int], int]] = {
    "make": make,
    "scan": scan,
    "ours": ours,
    "pandas": pandas,
    "copy": copy,
    "bulk": bulk,
}


def main() -> None:
    """One way, timed."""
    way, path, lines = sys.argv[1:]
    if way in ("ours", "bulk"):
        import django

        django.setup()
    began = time.perf_counter()
    claims = WAYS[way](Path(path), int(lines))
    wall = _clock[1] - _clock[0] if len(_clock) == 2 else time.perf_counter() - began
    print(json.dumps({"wall": wall, "claims": claims, "core": sum(_core)}))


if __name__ == "__main__":
    main()
