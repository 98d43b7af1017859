"""Works at the same instant, each on a database connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

Result = TypeVar("Result")


def at_once(works: Sequence[Callable[[], Result]], threads: int = 8) -> list[Result]:
    """Run every work on ``threads`` threads that start together; results in order."""
    ready = Barrier(min(threads, len(works)))

    def meet() -> None:
        ready.wait(timeout=60)

    def closing(work: Callable[[], Result]) -> Result:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(min(threads, len(works)), initializer=meet) as pool:
        return list(pool.map(closing, works))
