"""A préparateur reads his own duties: every other page of the portal does not exist for him, whoever writes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse

from portal.accounts.domain.roles import Role
from portal.accounts.middleware import PortalRequest

ALLOWED: dict[Role, frozenset[str]] = {
    Role.PREPARATEUR: frozenset({"home:notices", "home:switch", "homologation:duties", "registry:enrol"}),
}
"""By confined role, the pages with a namespace that it may ask for; public ones and one's account besides."""


class ConfinementMiddleware:
    """Answers 404 to a confined role outside its pages. Services judge the rights on objects all the same."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing but what follows."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Judge the page before its view. Raises Http404."""
        match = request.resolver_match
        if match is None or not match.namespaces or not getattr(view, "login_required", True):
            return
        actor = cast(PortalRequest, request).actor
        if actor and match.view_name not in ALLOWED.get(actor.role, {match.view_name}):
            raise Http404
