"""How django-allauth is fitted: accounts are given by an administrator, nobody signs up alone."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccountAdapter(DefaultAccountAdapter):
    """No open sign-up; names come from our own user model."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse self-registration."""
        return False

    def get_user_display(self, user: Any) -> str:
        """The full name, as everywhere in the portal."""
        return str(user.full_name)
