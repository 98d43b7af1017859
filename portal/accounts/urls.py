"""Log-in, password and second factor, by django-allauth; the pages that would change an account's address are closed.

The address is the log-in of a person who signs for public money, and where they are told of it: who gave the account
changes it (an administrator), not whoever sits at an open session.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import include, path


def closed(request: HttpRequest, **named: str) -> HttpResponseBase:
    """As if there were no such page. django-allauth still asks for these addresses by their names."""
    raise Http404


urlpatterns = [
    path("email/", closed, name="account_email"),
    path("confirm-email/", closed, name="account_email_verification_sent"),
    path("confirm-email/<str:key>/", closed, name="account_confirm_email"),
    path("psc/", include("portal.accounts.psc.urls")),
    # Not « allauth.urls », which would add the pages of social accounts: sign-up, connections.
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
]
