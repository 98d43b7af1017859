"""What a session opened by Pro Santé Connect remembers of it: for logging out, and for choosing a pharmacy."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from portal.accounts.domain.professionals import Activity
from portal.accounts.psc import discovery
from portal.accounts.psc.configuration import PscConfiguration
from portal.accounts.psc.flow import Answer
from portal.accounts.psc.refusals import PscUnavailable, log_refusal
from portal.accounts.services.provider_sessions import forget_session, remember_session

_KEY = "psc"


def store(request: HttpRequest, answer: Answer, user_id: int) -> None:
    """Before the log-in, which may still ask for a second factor: what the session will remember."""
    claims = answer.verified.claims
    sid = claims.get("sid")
    request.session[_KEY] = {
        "user": user_id,
        "id_token": answer.id_token,
        "sub": claims["sub"],
        "sid": sid if isinstance(sid, str) and len(sid) <= 255 else "",
        "acr": claims["acr"],
        "auth_mode": answer.professional.auth_mode,
        "activities": [activity.as_data() for activity in answer.professional.activities],
    }


def opened(request: HttpRequest, user_id: int) -> None:
    """After the log-in: tie our session to the provider's, or forget what an unfinished log-in of another one left."""
    known = request.session.get(_KEY)
    if known is None:
        return
    if known["user"] != user_id:
        del request.session[_KEY]
        return
    if request.session.session_key is None:
        request.session.save()
    remember_session(user_id=user_id, sub=known["sub"], sid=known["sid"], session_key=str(request.session.session_key))


def of(request: HttpRequest) -> dict[str, Any] | None:
    """What is remembered, None for a log-in by password."""
    known: dict[str, Any] | None = request.session.get(_KEY)
    return known


def activities_of(request: HttpRequest) -> list[Activity]:
    """Where the person practises, as Pro Santé Connect said at this log-in."""
    return [Activity(**row) for row in (of(request) or {}).get("activities", [])]


def closing_url(request: HttpRequest) -> str:
    """Where a person who logs out goes to end the provider's session too; empty where there is none to end."""
    known, psc = of(request), settings.PSC
    if known is None or psc is None:
        return ""
    forget_session(str(request.session.session_key))
    try:
        ending = discovery.metadata(psc).get("end_session_endpoint")
    except PscUnavailable as unavailable:  # only the portal's session ends then
        log_refusal(unavailable, act="logout")
        return ""
    if not ending:
        return ""
    back = f"{_base(request, psc)}{reverse('account_login')}"
    query = {"id_token_hint": known["id_token"], "post_logout_redirect_uri": back, "client_id": psc.client_id}
    return f"{ending}?{urlencode(query)}"


def _base(request: HttpRequest, psc: PscConfiguration) -> str:
    return request.build_absolute_uri("/")[:-1] if psc.demo else str(settings.PORTAL_BASE_URL)
