"""One DuckDB in memory for each file, bounded, with a private folder for what does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Duck


@contextmanager
def opened(folder: Path, *, memory: str, threads: int) -> Iterator[Duck]:
    """A connection that keeps the order of lines and spills into ``folder``; UTC throughout.

    Raises OSError and MemoryError where DuckDB finds no room, or a file that it cannot read.
    """
    import duckdb

    connection = duckdb.connect(
        config={
            "memory_limit": memory,
            "threads": threads,
            "temp_directory": str(folder / "spill"),
            "preserve_insertion_order": True,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    try:
        connection.execute("SET timezone = 'UTC'")
        yield connection
    except duckdb.IOException as error:
        raise OSError(str(error)) from error
    except duckdb.OutOfMemoryException as error:
        raise MemoryError(str(error)) from error
    finally:
        connection.close()


@contextmanager
def kept_files() -> Iterator[None]:
    """Raises OSError for a stored file that is gone, or that DuckDB cannot read."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        raise OSError(str(error)) from error


def text(value: object) -> str:
    """A value as a SQL string literal."""
    return "'" + str(value).replace("'", "''") + "'"


def texts(values: list[str]) -> str:
    """Values as a SQL list of literals, for ``IN (…)`` and ``ENUM (…)``."""
    return ", ".join(text(value) for value in values)


def count(connection: Duck, query: str) -> int:
    """The single number that a query gives; 0 for NULL."""
    row = connection.execute(query).fetchone()
    return int(row[0] or 0) if row else 0
