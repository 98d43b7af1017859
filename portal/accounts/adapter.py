"""How django-allauth is fitted: accounts are given by an administrator, nobody signs up alone."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from portal.accounts.psc import session


class ClosedAccountAdapter(DefaultAccountAdapter):
    """No open sign-up; names come from our own user model."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse self-registration."""
        return False

    def get_user_display(self, user: Any) -> str:
        """The full name, as everywhere in the portal."""
        return str(user.full_name)

    def post_login(self, request: HttpRequest, user: Any, **how: Any) -> HttpResponse:
        """Tie the session to the provider's, for a person who comes by Pro Santé Connect."""
        session.opened(request, user.pk)
        response: HttpResponse = super().post_login(request, user, **how)
        return response

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """On the user's click the provider's session ends too; a session that times out ends here only."""
        return session.closing_url(request) or str(super().get_logout_redirect_url(request))
