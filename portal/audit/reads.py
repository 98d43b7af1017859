"""Who of another organisation opened what: written when it is opened, shown to whom it concerns, kept a year."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet

from portal.accounts.actors import Actor
from portal.audit.models import ReadEvent
from portal.common import clock

KEPT = timedelta(days=366)
"""Never less than the year that PostgreSQL enforces (``models.READS_KEPT``)."""


def record_read(actor: Actor, *, object_type: str, object_id: str, thread: str) -> None:
    """Note that the actor opens an object of the dossier ``thread``; once for each person, object and hour."""
    if actor.user_id is None or actor.organisation_id is None:
        return
    now = clock.machine_now()
    read = ReadEvent(
        reader_id=actor.user_id,
        organisation_id=actor.organisation_id,
        role=actor.role.value,
        object_type=object_type,
        object_id=object_id,
        thread=thread,
        hour=now.replace(minute=0, second=0, microsecond=0),
        at=now,
        request_id=actor.request_id,
    )
    ReadEvent.objects.bulk_create([read], ignore_conflicts=True)


def reads_of(thread: str) -> QuerySet[ReadEvent]:
    """Who opened a dossier and its documents, the last one first, with reader and organisation."""
    return ReadEvent.objects.filter(thread=thread).select_related("reader", "organisation").order_by("-at", "-pk")


def forget_old_reads() -> int:
    """Remove what was kept long enough; how many rows that was."""
    removed, _ = ReadEvent.objects.filter(at__lt=clock.machine_now() - KEPT).delete()
    return removed
