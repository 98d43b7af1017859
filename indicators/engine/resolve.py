"""Which lines are new, said already, superseded or in conflict: the order of arrival decides between equals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicators.engine.duck import count
from indicators.engine.job import Outcome

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Duck

_SAY = "active, ts, u, k"


def resolve(duck: Duck, outcome: Outcome) -> None:
    """Take from ``g`` the duplicates and the conflicts (these to ``rejects``); count what is left.

    Only events named more than once, in the file or before it (``earlier``), are sorted.
    """
    duck.execute(
        """CREATE OR REPLACE TABLE again AS SELECT h FROM (SELECT hash(p, e) AS h FROM g) GROUP BY h HAVING count(*) > 1
            UNION SELECT hash(p, e) FROM earlier"""
    )
    if count(duck, "SELECT count(*) FROM again"):
        _judge(duck)
        outcome.duplicates += count(duck, "SELECT count(*) FROM judged WHERE verdict = 'same'")
        outcome.superseded += count(duck, "SELECT count(*) FROM judged WHERE verdict = 'new' AND lower")
        duck.execute(
            "INSERT INTO rejects SELECT line, 'revision', 'conflicting_revision', r::VARCHAR FROM judged "
            "WHERE verdict = 'other'"
        )
        duck.execute("DELETE FROM g WHERE line IN (SELECT line FROM judged WHERE verdict <> 'new')")
    accepted, cancelled = duck.execute("SELECT count(*), count(*) FILTER (NOT active) FROM g").fetchone() or (0, 0)
    outcome.accepted += accepted
    outcome.cancelled += cancelled


def _judge(duck: Duck) -> None:
    """Table ``judged``: for each doubtful line, whether it is new, the same as the first of its revision, or other.

    Lines accepted before come first (line 0). ``lower``: a higher revision had been accepted already.
    """
    duck.execute(
        f"""CREATE OR REPLACE TABLE judged AS SELECT line, r, lower, CASE WHEN line = first THEN 'new'
                WHEN said = first_said THEN 'same' ELSE 'other' END AS verdict
        FROM (SELECT line, r, said, min(line) OVER one AS first, first_value(said) OVER one AS first_said,
                coalesce(r < max(r) OVER (PARTITION BY p, e ORDER BY line ROWS BETWEEN UNBOUNDED PRECEDING
                    AND 1 PRECEDING), false) AS lower
            FROM (SELECT line, p, e, r, row({_SAY}) AS said FROM g WHERE hash(p, e) IN (SELECT h FROM again)
                UNION ALL SELECT 0, p, e, r, row({_SAY}) FROM earlier)
            WINDOW one AS (PARTITION BY p, e, r ORDER BY line))
        WHERE line > 0"""
    )


def find_touched(duck: Duck) -> None:
    """Table ``touched``: the (place, month) cells whose figures this file may change."""
    duck.execute(
        """CREATE OR REPLACE TABLE touched AS SELECT DISTINCT p, month FROM g
            UNION SELECT DISTINCT earlier.p, earlier.month FROM earlier JOIN g ON g.p = earlier.p AND g.e = earlier.e"""
    )
