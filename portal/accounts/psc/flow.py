"""The way to the provider and back: what is sent with a person, and what is demanded of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import statekit
from django.http import HttpRequest, HttpResponse

from portal.accounts.domain.professionals import Professional, read_professional
from portal.accounts.models.professionals import PROVIDER
from portal.accounts.psc.provider import PscOAuth2Adapter, PscProvider, configuration, nonce_for
from portal.accounts.psc.refusals import PscRefused
from portal.accounts.psc.tokens import Verified, verify_id_token
from portal.common.refusals import Refused

LOGIN, STEP_UP = "login", "step_up"
_LONGEST_CODE = 2000


@dataclass(frozen=True)
class Answer:
    """A person that the provider vouches for, and the request of ours that it answers."""

    professional: Professional
    verified: Verified
    id_token: str
    userinfo: Mapping[str, Any]
    process: str
    next_url: str
    data: Mapping[str, Any]


def send(
    request: HttpRequest,
    *,
    process: str,
    next_url: str = "",
    data: Mapping[str, Any] | None = None,
    nonce: str = "",
    more: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Send the person to the provider. ``data`` waits in the session. Raises ``PscUnavailable``, Http404."""
    provider: PscProvider = get_adapter(request).get_provider(request, PROVIDER)
    provider.intent_nonce = nonce
    params = {**provider.get_auth_params(), **(more or {})}
    kept = {**(data or {}), "nonce": nonce}
    response: HttpResponse = provider.redirect(request, process, next_url=next_url, data=kept, auth_params=params)
    return response


def receive(request: HttpRequest) -> Answer:
    """The verified answer to one request of this browser, which is then spent.

    Raises ``PscRefused``, ``PscUnavailable``; Http404 where Pro Santé Connect is not used.
    """
    provider: PscProvider = get_adapter(request).get_provider(request, PROVIDER)
    state = statekit.unstash_state(request, provider_id=provider.sub_id, state_id=request.GET.get("state", "")[:100])
    if state is None:
        raise PscRefused("psc_state", "no such state in this session")
    _check_code(request)
    adapter = PscOAuth2Adapter(request, PROVIDER)
    verifier = state["pkce_code_verifier"]
    data = state.get("data") or {}
    tokens = adapter.trade(request, provider.app, verifier)
    raw = tokens.get("id_token")
    verified = verify_id_token(raw, configuration(), nonce=data.get("nonce") or nonce_for(verifier))
    userinfo = adapter.userinfo(tokens["access_token"], verified.claims["sub"])
    return Answer(
        professional=_professional(userinfo),
        verified=verified,
        id_token=str(raw),
        userinfo=userinfo,
        process=state["process"],
        next_url=state.get("next") or "",
        data=data,
    )


def _check_code(request: HttpRequest) -> None:
    error, code = request.GET.get("error", ""), request.GET.get("code", "")
    if error == "access_denied":
        raise PscRefused("psc_cancelled")
    if error or not code or len(code) > _LONGEST_CODE:
        raise PscRefused("psc_error", f"error {error!r:.60}" if error else "no code")


def _professional(userinfo: Mapping[str, Any]) -> Professional:
    try:
        return read_professional(userinfo)
    except Refused as refused:
        raise PscRefused(refused.codes[0], "userinfo", refused.refusals[0].message) from refused
