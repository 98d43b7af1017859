"""What several benchmarks begin with: the cast in an empty database, workers as the portal has them, lines to print."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.context import ForkProcess

from django.core.management import call_command

from portal.common import clock
from portal.demo.services.people import make_people
from portal.demo.services.script import play
from portal.outbox.services.jobs import run_waiting
from portal.programmes.services.load import load_catalogue

PROCESSES = 2


def play_cast() -> None:
    """The tables, the rules and what the cast did up to the business date of the clock."""
    call_command("migrate", verbosity=0, interactive=False)
    load_catalogue()
    make_people()
    play(until=clock.business_now())


def started() -> list[ForkProcess]:
    """As many processes as the portal's worker has, at the jobs that wait."""
    workers = [multiprocessing.get_context("fork").Process(target=run_waiting) for _ in range(PROCESSES)]
    for worker in workers:
        worker.start()
    return workers


def report(name: str, spent: float, count: int) -> None:
    """A line: seconds in all, milliseconds each."""
    print(f"{name:<44}{spent:>9.2f} s {spent / count * 1000:>9.3f} ms each")


def seconds(work: Callable[[], object]) -> float:
    """Wall seconds of some work."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
