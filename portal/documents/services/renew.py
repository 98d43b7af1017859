"""Renewing the archive time-stamps of what is kept, before the certificate of the last one ends."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from portal.common import clock
from portal.documents import sealing, storage
from portal.documents.models import Document, Renewal
from portal.documents.selectors import served_hash
from portal.documents.services.verify_file import verify_file

AHEAD = timedelta(days=120)
"""How long before the end: three monthly runs may fail."""
STAMPED = ("B-LT", "B-LTA")


@dataclass
class Renewals:
    """What a run did. ``faults``: files that no longer hold, left as they are; ``stopped``: why it ended early."""

    examined: int = 0
    renewed: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)
    stopped: str = ""

    def as_json(self) -> dict[str, Any]:
        """The plain values."""
        return {**asdict(self), "ok": not self.faults and not self.stopped}


def renew_timestamps(ahead: timedelta = AHEAD) -> Renewals:
    """Renew every time-stamped document whose time-stamps end within ``ahead``; one transaction a document.

    A file that does not hold is not renewed: a new time-stamp on it would only date the damage. Run again, or twice
    at once, it repeats nothing. Without an authority it stops and says so.
    """
    done = Renewals()
    keys = Document.objects.filter(seal_level__in=STAMPED).order_by("rendered_at", "id").values_list("pk", flat=True)
    for key in keys.iterator(chunk_size=500):
        try:
            _renew_one(key, ahead, done)
        except sealing.NoAuthority as error:
            done.stopped = f"Aucune autorité d’horodatage ne répond : {error}."
            break
        done.examined += 1
    return done


@transaction.atomic
def _renew_one(key: UUID, ahead: timedelta, done: Renewals) -> None:
    document = Document.objects.select_for_update().get(pk=key)
    last = document.renewals.order_by("-id").first()
    now = clock.machine_now()
    if last is not None and last.good_until > now + ahead:
        return
    try:
        content = storage.read(served_hash(document))
    except storage.DamagedDocument as damage:
        done.faults.append(_fault(document, [str(damage)]))
        return
    until = sealing.good_until(content)
    if until is None or until > now + ahead:
        return
    verdict = verify_file(content)
    if not verdict.genuine:
        done.faults.append(_fault(document, verdict.reasons))
        return
    _store(document, sealing.renewed(content))
    done.renewed += 1


def _store(document: Document, content: bytes) -> None:
    until = sealing.good_until(content)
    if until is None:
        raise ValueError(f"the renewed file of {document.pk} bears no time-stamp")
    Renewal.objects.create(
        document=document,
        sha256=storage.store(content),
        size=len(content),
        good_until=until,
        made_at=clock.machine_now(),
    )


def _fault(document: Document, reasons: list[str]) -> dict[str, Any]:
    return {"document": str(document.pk), "number": document.number, "reasons": reasons}
