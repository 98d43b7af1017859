"""The secret calendar link of an organisation: made, renewed, revoked. Its token is told once and never stored."""

from __future__ import annotations

import hashlib
import secrets
from uuid import UUID

from django.db import transaction

from portal.accounts.actors import Actor
from portal.accounts.models import Organisation
from portal.audit.services import Entry, record
from portal.common import clock
from portal.common.refusals import refuse
from portal.reminders.models import CalendarFeed
from portal.reminders.models.feeds import READERS

TOKEN_BYTES = 32
"""256 bits of chance: nobody finds a link by trying."""


def hash_of(token: str) -> str:
    """What is stored of a token. A plain hash is enough: the token is chance, not a password."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def renew_feed(*, actor: Actor) -> str:
    """Make the actor's organisation a new link, revoking the former one; return its token, this once.

    Raises ``Refused`` for a role that has no calendar.
    """
    if actor.role.value not in READERS or actor.user_id is None:
        raise refuse("no_calendar", "Seuls un fournisseur, un distributeur ou une pharmacie ont un agenda.")
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.tenant)
    _revoke(actor)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed = CalendarFeed.objects.create(
        organisation_id=actor.tenant,
        role=actor.role.value,
        link_sha256=hash_of(token),
        created_at=clock.machine_now(),
        created_by_id=actor.user_id,
    )
    _journal(feed, "create", actor)
    return token


@transaction.atomic
def revoke_feed(*, actor: Actor) -> bool:
    """Close the link of the actor's organisation at once; False when there was none."""
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.tenant)
    return _revoke(actor)


@transaction.atomic
def revoke_feed_of(*, organisation_id: UUID, creator_id: int, ended_by_id: int) -> None:
    """Close the link that a person made for an organisation where they have no role any more; they may know it."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    feeds = CalendarFeed.objects.select_for_update().filter(organisation=organisation_id, revoked_at=None)
    feed = feeds.filter(created_by=creator_id).first()
    if feed is not None:
        _close(feed, ended_by_id)
        _journal(feed, "revoke", Actor.system())


def _close(feed: CalendarFeed, by: int | None) -> None:
    feed.revoked_at, feed.revoked_by_id = clock.machine_now(), by
    feed.save(update_fields=["revoked_at", "revoked_by"])


def _revoke(actor: Actor) -> bool:
    feed = CalendarFeed.objects.select_for_update().filter(organisation=actor.tenant, revoked_at=None).first()
    if feed is None:
        return False
    _close(feed, actor.user_id)
    _journal(feed, "revoke", actor)
    return True


def _journal(feed: CalendarFeed, verb: str, actor: Actor) -> None:
    record(Entry("reminders_calendarfeed", str(feed.pk), verb, clock.business_now(), data={"role": feed.role}), actor)
