"""Whether two folders of parts hold the same lines, whatever the order and the files that these lines lie in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from indicators.engine.duck import kept_files, opened, text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Duck

Content = tuple[list[str], int, int] | None
"""Columns, lines, and a sum of the hashes of the lines; None of what cannot be read."""


def compare_parts(kept: Path, again: Path, folder: Path) -> list[str]:
    """A sentence for each part of ``again`` that ``kept`` lacks, holds otherwise or cannot give back, and for each one
    that it has in excess. ``folder``: a private place for what DuckDB may spill."""
    stored, derived = _parts(kept), _parts(again)
    found = []
    with opened(folder, memory="256MB", threads=1) as duck:
        for name in sorted({*stored, *derived}):
            if name not in stored:
                found.append(f"{_called(name)} : la copie conservée a disparu.")
            elif name not in derived:
                found.append(f"{_called(name)} : une copie est conservée, et aucune ligne reçue ne la donne.")
            elif (content := _content(duck, stored[name])) is None:
                found.append(f"{_called(name)} : la copie conservée est illisible.")
            elif content != _content(duck, derived[name]):
                found.append(f"{_called(name)} : la copie conservée diffère du fichier reçu.")
    return found


def _parts(home: Path) -> dict[str, list[Path]]:
    """The files of each part: a month and bucket, the revisions, the rejects."""
    found: dict[str, list[Path]] = {}
    for path in sorted(home.rglob("*.parquet")):
        part = path if path.parent == home else path.parent
        found.setdefault(str(part.relative_to(home)), []).append(path)
    return found


def _content(duck: Duck, files: list[Path]) -> Content:
    listed = ", ".join(text(path) for path in files)
    query = f"FROM read_parquet([{listed}], hive_partitioning = false) lines"
    try:
        with kept_files():
            columns = [f"{row[0]} {row[1]}" for row in duck.execute(f"DESCRIBE {query}").fetchall()]
            figures = duck.execute(f"SELECT count(*), coalesce(sum(hash(lines)::HUGEINT), 0) {query}").fetchall()
    except OSError:
        return None
    ((lines, total),) = figures
    return columns, int(lines), int(total)


def _called(name: str) -> str:
    """« lignes acceptées, month=2022-11-01/bucket=3 »."""
    known = {"revised.parquet": "révisions", "rejects.parquet": "lignes laissées de côté"}
    return known.get(name, f"lignes acceptées, {name.removeprefix('parts/')}")
