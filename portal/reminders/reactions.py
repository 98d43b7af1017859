"""What follows a digest, or the end of a role; safe to repeat."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from portal.accounts.models import Membership
from portal.accounts.selectors import people_with_role
from portal.common import clock
from portal.outbox.services.notices import Letter, notify
from portal.reminders.models import Digest
from portal.reminders.services.feeds import revoke_feed_of
from portal.reminders.services.send import RECIPIENTS


def close_feed(payload: dict[str, Any]) -> None:
    """Topic ``membership.ended``: the calendar link that this person made for the organisation is closed."""
    ended = Membership.objects.get(pk=payload["id"])
    revoke_feed_of(
        organisation_id=ended.organisation_id, creator_id=ended.user_id, ended_by_id=ended.ended_by_id or ended.user_id
    )


def tell_digest(payload: dict[str, Any]) -> None:
    """Give a digest to everybody who may act for its organisation."""
    digest = Digest.objects.get(pk=payload["id"])
    link = reverse("reminders:deadlines")
    letter = Letter(digest.subject, digest.body, link, dedup=f"digest:{digest.pk}")
    for membership in people_with_role(digest.organisation_id, RECIPIENTS, clock.business_now()):
        notify(membership.user, digest.organisation_id, letter)
