"""Reading messages, always those of the actor."""

from __future__ import annotations

from django.db.models import QuerySet

from portal.accounts.actors import Actor
from portal.outbox.models import Notice


def inbox(actor: Actor) -> QuerySet[Notice]:
    """The actor's messages for the organisation they act for, newest first."""
    return Notice.objects.filter(user=actor.user_id, organisation=actor.organisation_id).order_by("-at", "-pk")


def unread(actor: Actor) -> int:
    """How many of them are not read."""
    return inbox(actor).filter(read_at=None).count()
