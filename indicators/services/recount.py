"""Counting again from the accepted lines, each bucket of pharmacies by whichever worker is free.

Parts lie on storage that the workers share; a bucket is a job, so a killed worker's is taken up by another. Nothing is
read meanwhile of the supplier's new files; buckets of one supplier are counted side by side.
"""

from __future__ import annotations

import os
import socket
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from indicators import storage
from indicators.engine.parse import BUCKETS, bucket
from indicators.engine.recount import Share, recount
from indicators.models import DailyCounter, UserMonth
from indicators.services.again import ask_results
from indicators.services.copies import COPIES, DAILY, USERS, Scope, differences, make_copies, put_in_place
from indicators.services.figures import DAILY_COLUMNS, USER_COLUMNS, copy_in
from indicators.services.locks import COUNTING, READING, held
from indicators.services.reading import accepted_before
from portal.outbox.models import Job
from portal.outbox.services.jobs import Progress, enqueue
from portal.registry.models import Supplier
from portal.registry.selectors import registered_places

RECOUNT = "activity.recount"
_SHAPES = (DAILY, USERS)


@transaction.atomic
def request_recount(suppliers: Collection[Supplier], *, check: bool) -> list[Job]:
    """A job for each bucket of each supplier; ``check``: compare only."""
    run = uuid4().hex
    return [
        enqueue(
            RECOUNT,
            {"supplier": str(supplier.pk), "bucket": number, "check": check},
            dedup=f"{RECOUNT}:{run}:{supplier.pk}:{number}",
        )
        for supplier in suppliers
        for number in range(BUCKETS)
    ]


def recount_bucket(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The work of one job: count the bucket, compare with the tables; unless it only checks, put it in their place and
    ask for the results that it changes.

    Its result names the differences, and the process that found them (``by``).
    """
    supplier, number = UUID(params["supplier"]), int(params["bucket"])
    with _turn(supplier, number, progress), tempfile.TemporaryDirectory(dir=storage.folder("work", supplier)) as folder:
        share = Share(
            folder=Path(folder),
            history=[storage.parts(supplier, one.pk) for one in accepted_before(supplier)],
            bucket=number,
            ids=_keys,
            owner=str(supplier),
            memory=f"{settings.ACTIVITY_MEMORY_MB}MB",
            threads=settings.ACTIVITY_THREADS,
            expect=progress.expect,
            step=progress.step,
        )
        outcome = recount(share)
        with transaction.atomic():
            make_copies(_SHAPES)
            copy_in(COPIES.daily, DAILY_COLUMNS, outcome.daily)
            copy_in(COPIES.users, USER_COLUMNS, outcome.users)
            scope = Scope(supplier, _places(supplier, number))
            found = differences(_SHAPES, scope)
            if found.words and not params["check"]:
                put_in_place(_SHAPES, scope)
                ask_results(found.by_year)
    return {"differences": found.words, "by": f"{socket.gethostname()}:{os.getpid()}"}


@contextmanager
def _turn(supplier: UUID, number: int, progress: Progress) -> Iterator[None]:
    """While no new file of the supplier is read, one worker at a time for a bucket; says that it lives as it waits."""
    while True:
        with held(READING, supplier, wait=False, shared=True) as free:
            if free:
                with held(COUNTING, UUID(int=(supplier.int + number) % 2**128)):
                    yield
                return
        progress.step(0)
        time.sleep(0.5)


def _places(supplier: UUID, number: int) -> list[UUID]:
    """The pharmacies of a bucket that the tables speak of."""
    found: dict[str, UUID] = {}
    for model in (DailyCounter, UserMonth):
        rows = model.objects.filter(supplier=supplier).order_by("pharmacy").distinct("pharmacy")
        found |= dict(rows.values_list("pharmacy__finess", "pharmacy"))
    return [key for finess, key in found.items() if bucket(finess) == number]


def _keys(numbers: Collection[str]) -> Mapping[str, str]:
    return {finess: str(key) for finess, key in registered_places(numbers).items()}
