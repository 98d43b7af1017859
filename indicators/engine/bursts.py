"""The busiest second of each pharmacy's month among the accepted lines of a deposit."""

from __future__ import annotations

from pathlib import Path

from indicators.engine.duck import opened, text

_FEW = 4
"""A month with more than one distinct second for so many events has no second worth a question: only the others are
counted second by second."""


def busiest_seconds(parts: Path, folder: Path, *, memory: str, threads: int) -> list[tuple[str, str, int, int]]:
    """FINESS, month (``2023-03-01``), events of its busiest second and of the month, where few seconds hold many.

    ``parts``: of one accepted deposit; ``folder``: where to spill. Raises FileNotFoundError when the parts are gone.
    """
    home = parts / "parts"
    if not parts.exists():
        raise FileNotFoundError(f"the parts {parts} are gone")
    if not any(home.rglob("*.parquet")):
        return []
    lines = f"read_parquet({text(home / '**' / '*.parquet')}, hive_partitioning = false)"
    with opened(folder, memory=memory, threads=threads) as duck:
        query = f"""
            WITH few AS (
                SELECT finess, month, count(*) AS total FROM {lines} WHERE active GROUP BY finess, month
                HAVING approx_count_distinct(date_trunc('second', occurred_at)) * {_FEW} <= count(*) + {_FEW}
            ), seconds AS (
                SELECT finess, month, total, count(*) AS events FROM {lines} JOIN few USING (finess, month)
                WHERE active GROUP BY finess, month, total, date_trunc('second', occurred_at)
            )
            SELECT finess::VARCHAR, month::VARCHAR, max(events), any_value(total) FROM seconds
            GROUP BY finess, month ORDER BY finess, month
        """
        return [(finess, month[:10], events, total) for finess, month, events, total in duck.execute(query).fetchall()]
