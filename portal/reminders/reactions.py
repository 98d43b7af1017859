"""What follows a digest; safe to repeat: each person has each digest once."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from portal.accounts.selectors import people_with_role
from portal.common import clock
from portal.outbox.services.notices import Letter, notify
from portal.reminders.models import Digest
from portal.reminders.services.send import RECIPIENTS


def tell_digest(payload: dict[str, Any]) -> None:
    """Give a digest to everybody who may act for its organisation."""
    digest = Digest.objects.get(pk=payload["id"])
    link = reverse("reminders:deadlines")
    letter = Letter(digest.subject, digest.body, link, dedup=f"digest:{digest.pk}")
    for membership in people_with_role(digest.organisation_id, RECIPIENTS, clock.business_now()):
        notify(membership.user, digest.organisation_id, letter)
