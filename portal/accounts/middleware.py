"""Puts actor, memberships and request id on the request."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from portal.accounts.actors import Actor
from portal.accounts.models import Membership
from portal.accounts.selectors import memberships_of
from portal.common import clock
from portal.ui.throttle import client_address

SESSION_KEY = "membership"
_LONGEST_AGENT = 300


class PortalRequest(HttpRequest):
    """The request as our views know it."""

    memberships: list[Membership]
    actor: Actor | None
    request_id: str


class ActorMiddleware:
    """The actor is the membership chosen in the session, or the person's first one; None when there is none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponse:
        """Attach the lazy actor and a fresh request id, then go on."""
        request.request_id = uuid.uuid4().hex
        request.memberships = SimpleLazyObject(lambda: _memberships(request))  # type: ignore[assignment]
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[assignment]
        return self.get_response(request)


def _memberships(request: PortalRequest) -> list[Membership]:
    if not request.user.is_authenticated:
        return []
    return list(memberships_of(request.user.pk, clock.business_now()))


def _actor(request: PortalRequest) -> Actor | None:
    memberships = list(request.memberships)
    if not memberships:
        return None
    wanted = request.session.get(SESSION_KEY)
    chosen = next((m for m in memberships if m.pk == wanted), memberships[0])
    agent = request.headers.get("User-Agent", "")[:_LONGEST_AGENT]
    return replace(Actor.of(chosen, request.request_id), address=client_address(request), agent=agent)
