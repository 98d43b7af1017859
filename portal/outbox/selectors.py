"""Reading messages, always those of the actor."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from portal.accounts.actors import Actor
from portal.outbox.models import Job, Notice


def inbox(actor: Actor) -> QuerySet[Notice]:
    """The actor's messages for the organisation they act for, newest first."""
    return Notice.objects.filter(user=actor.user_id, organisation=actor.organisation_id).order_by("-at", "-pk")


def unread(actor: Actor) -> int:
    """How many of them are not read."""
    return inbox(actor).filter(read_at=None).count()


def unfinished(jobs: Collection[UUID]) -> int:
    """How many of these jobs have not ended yet."""
    return Job.objects.filter(pk__in=jobs, finished_at=None).count()
