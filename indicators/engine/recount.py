"""The figures of one bucket of pharmacies from the accepted lines alone; buckets are disjoint: any number at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from indicators.domain.log_format import KINDS
from indicators.engine import derive, history
from indicators.engine.duck import opened, text, texts
from indicators.engine.job import Outcome


@dataclass(frozen=True)
class Share:
    """One bucket to count: ``history``, the folders of the parts accepted; ``ids``: what stands for a FINESS in the
    figures, ``owner`` for the supplier; ``step``: told each month counted, out of as many as ``expect`` was told."""

    folder: Path
    history: list[Path]
    bucket: int
    ids: Callable[[Collection[str]], Mapping[str, str]]
    owner: str
    memory: str
    threads: int
    expect: Callable[[int], None] = lambda months: None
    step: Callable[[], None] = lambda: None


def recount(share: Share) -> Outcome:
    """Count a month after the other; of the outcome, ``daily`` and ``users`` alone are filled."""
    outcome, months = Outcome(), _by_month(share)
    share.expect(len(months))
    if not months:
        return outcome
    with opened(share.folder, memory=share.memory, threads=share.threads) as duck:
        every = ", ".join(text(path) for files in months.values() for path in files)
        query = f"SELECT DISTINCT finess FROM read_parquet([{every}], hive_partitioning = false) ORDER BY finess"
        ids = share.ids([row[0] for row in duck.execute(query).fetchall()])
        duck.execute(f"CREATE TYPE kind AS ENUM ({texts(list(KINDS))})")
        duck.execute(f"CREATE TYPE place AS ENUM ({texts(sorted(ids))})")
        duck.execute("CREATE TABLE ids (p place, id VARCHAR)")
        duck.executemany("INSERT INTO ids VALUES (?, ?)", sorted(ids.items()))
        revised = [path for home in share.history if (path := home / "revised.parquet").exists()]
        duck.execute(f"CREATE TABLE top AS SELECT p, e, max(r) AS r FROM ({history.rows(revised)}) GROUP BY p, e")
        for number, (_, files) in enumerate(sorted(months.items())):
            duck.execute(f"CREATE OR REPLACE VIEW held AS {history.rows(files)}")
            derive.count_figures(duck, derive.LAST_REVISIONS)
            derive.write_figures(duck, share.folder, share.owner, number, outcome)
            share.step()
    return outcome


def _by_month(share: Share) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for home in share.history:
        for path in sorted(home.glob(f"parts/*/bucket={share.bucket}/*.parquet")):
            found.setdefault(path.parts[-3], []).append(path)
    return found
