"""Reading one deposited file from its bytes to parts and figures; writes in its own folders alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from indicators.engine import derive, history, parse, rejects, resolve
from indicators.engine.duck import count, opened, text
from indicators.engine.job import Outcome, Task
from indicators.engine.normalise import BLANK, Normalised, normalise
from indicators.engine.refusals import FileRefused
from indicators.engine.unpack import chunks

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Duck


def read(task: Task) -> Outcome:
    """Read the file of a task. Raises ``FileRefused``; the folders are then the caller's to remove."""
    with opened(task.folder, memory=task.memory, threads=task.threads) as duck:
        parse.prepare(duck, task)
        state = _fill(duck, task)
        parse.check_patients(duck, state.first, state.suspect)
        outcome = Outcome(lines=state.lines)
        outcome.unknown = rejects.find_rejects(duck, state.first, task)
        duck.execute("CREATE TABLE revised AS SELECT p, e, r, active, ts, u, k, day, month, off FROM (" + _EMPTY + ")")
        passes = 1
        while state.lines / passes > task.pass_lines and passes < parse.BUCKETS:
            passes *= 2
        equipped = sum(_pass(duck, task, state.first, number, passes, outcome) for number in range(passes))
        if equipped < count(duck, "SELECT count(*) FROM t WHERE raw IS NULL"):
            rejects.add_foreign(duck, state.first)
        derive.write_revised(duck, task.parts)
        derive.write_rejects(duck, task.parts, outcome)
    return outcome


_SCANS = 2  # more passes than this read their lines from a folder each
_EMPTY = (
    "SELECT NULL::place AS p, NULL::UUID AS e, 1::SMALLINT AS r, true AS active, now()::TIMESTAMP AS ts, "
    "'' AS u, NULL::kind AS k, now()::DATE AS day, now()::DATE AS month, false AS off WHERE false"
)


def _fill(duck: Duck, task: Task) -> Normalised:
    """Clean lines on one side, typed rows on the other, a slice apart."""
    state, taken, so_far = Normalised(), 0, Counter[str]()
    with ThreadPoolExecutor(1) as pool:
        waiting: Future[tuple[int, int]] | None = None
        for state in _clean_lines(task):
            if waiting is not None:
                _tell(task, so_far, waiting.result())
            waiting = pool.submit(_insert, duck, state, taken, task)
            taken += 1
        if waiting is not None:
            _tell(task, so_far, waiting.result())
    return state


def _tell(task: Task, so_far: Counter[str], slice_: tuple[int, int]) -> None:
    so_far.update(lines=slice_[0], bad=slice_[1])
    task.progress(so_far["lines"], so_far["bad"])


def _clean_lines(task: Task) -> Iterator[Normalised]:
    """The slices. Of a file that is not a log, an archive is first looked through: a bomb or damage says so."""
    parts = chunks(task.raw)
    try:
        yield from normalise(parts, task.folder, slice_lines=task.slice_lines)
    except FileRefused:
        for _ in parts:
            pass
        raise


def _insert(duck: Duck, state: Normalised, number: int, task: Task) -> tuple[int, int]:
    """Add a slice; how many data lines it has, and how many of them are not good in form."""
    path, lines = state.slices[number]
    before = count(duck, "SELECT count(*) FROM t")
    parse.insert(duck, path, task)
    path.unlink()
    after = count(duck, "SELECT count(*) FROM t")
    if after - before != lines:
        raise RuntimeError(f"{path.name}: {lines} lines written, {after - before} read")
    kept = f"SELECT count(*) FILTER (raw = {text(BLANK)}), count(raw) FROM t WHERE rowid >= {before}"
    blank, bad = duck.execute(kept).fetchone() or (0, 0)
    return lines - blank, bad - blank


def _pass(duck: Duck, task: Task, first: int, number: int, passes: int, outcome: Outcome) -> int:
    """One share of the pharmacies, from good lines to figures and parts; how many lines it equips."""
    buckets = list(range(number, parse.BUCKETS, passes))
    spooled = task.folder / "good" if passes > _SCANS else None
    if spooled and number == 0:
        parse.spool(duck, first, task, spooled, passes)
    equipped = parse.accept(duck, first, task, number, passes, spooled)
    before = task.history
    history.find_earlier(duck, before, buckets)
    resolve.resolve(duck, outcome)
    resolve.find_touched(duck)
    history.find_top(duck, before)
    simple = not _any(duck, ("top", "earlier")) and not before
    if not simple:
        history.add_cells(duck, before, buckets)
    derive.derive(duck, task, number, outcome, simple=simple)
    if _any(duck, ("g",)):
        derive.write_parts(duck, task.parts, number)
        duck.execute("INSERT INTO revised SELECT p, e, r, active, ts, u, k, day, month, off FROM g WHERE r > 1")
    return equipped


def _any(duck: Duck, tables: Iterable[str]) -> bool:
    return any(count(duck, f"SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT 1)") for table in tables)
