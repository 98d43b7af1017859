"""The pages of Pro Santé Connect: going there, coming back, and being told by the provider that a session ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import cast

from allauth.account.adapter import get_adapter as account_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_next_redirect_url, perform_login
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.models.professionals import PROVIDER
from portal.accounts.psc import session
from portal.accounts.psc.flow import LOGIN, STEP_UP, Answer, receive, send
from portal.accounts.psc.provider import configuration
from portal.accounts.psc.refusals import PAGES, PscRefused, log_act, log_refusal
from portal.accounts.psc.step_up import complete_step_up
from portal.accounts.psc.tokens import verify_logout_token
from portal.accounts.selectors import memberships_of
from portal.accounts.services.identities import admit
from portal.accounts.services.provider_sessions import end_sessions, spend_token
from portal.common import clock

View = Callable[[HttpRequest], HttpResponse]


def refusals_shown(act: str) -> Callable[[View], View]:
    """A refusal is logged and shown in French with its status; it is never an error page."""

    def decorated(view: View) -> View:
        @wraps(view)
        def shown(request: HttpRequest) -> HttpResponse:
            try:
                return view(request)
            except PscRefused as refused:
                return refusal_page(request, refused, act)

        return shown

    return decorated


def refusal_page(request: HttpRequest, refused: PscRefused, act: str) -> HttpResponse:
    """The page that says why; also for the pages that call ``begin_step_up``."""
    log_refusal(refused, act=act, request_id=getattr(request, "request_id", ""))
    words = PAGES[refused.code]
    context = {"title": words.title, "message": refused.message, "stepping_up": request.user.is_authenticated}
    return render(request, "account/psc_refused.html", context, status=words.status)


@login_not_required
@never_cache
@require_safe
@refusals_shown("login")
def login(request: HttpRequest) -> HttpResponse:
    """Off to Pro Santé Connect. By a link: a form would be stopped by the content security policy at the other side."""
    return send(request, process=LOGIN, next_url=get_next_redirect_url(request) or "")


@login_not_required
@never_cache
@require_safe
@refusals_shown("callback")
def callback(request: HttpRequest) -> HttpResponse:
    """Back from it: logged in, or one's identity confirmed for a signature."""
    answer = receive(request)
    if answer.process == STEP_UP:
        complete_step_up(request, answer)
        return redirect(answer.next_url)
    return _log_in(request, answer)


def _log_in(request: HttpRequest, answer: Answer) -> HttpResponse:
    user = admit(answer.professional)
    if not user.is_active:
        raise PscRefused("psc_inactive", f"account {user.pk}")
    if request.user.is_authenticated:
        account_adapter(request).logout(request)
    session.store(request, answer, user.pk)
    record_authentication(request, user, "socialaccount", provider=PROVIDER)
    several = memberships_of(user.pk, clock.business_now()).count() > 1
    choice = resolve_url(settings.PSC_CHOICE_URL) if several else ""
    log_act("logged_in", user=user.pk, acr=str(answer.verified.claims["acr"]))
    response: HttpResponse = perform_login(
        request, user, email_verification="none", redirect_url=answer.next_url or choice or None
    )
    return response


@csrf_exempt
@login_not_required
@never_cache
@require_POST
def backchannel_logout(request: HttpRequest) -> HttpResponse:
    """The provider says, from server to server, that a session of its own ended (Back-Channel Logout 1.0)."""
    try:
        ended = _end(request)
    except PscRefused as refused:
        log_refusal(refused, act="backchannel_logout", request_id=getattr(request, "request_id", ""))
        status = 503 if refused.code == "psc_unavailable" else 400
        return JsonResponse({"error": "invalid_request", "error_description": refused.detail}, status=status)
    log_act("sessions_ended", count=ended)
    return HttpResponse(status=200)


def _end(request: HttpRequest) -> int:
    psc = configuration()
    claims = verify_logout_token(request.POST.get("logout_token"), psc)
    expires_at = datetime.fromtimestamp(cast(float, claims["exp"]), UTC)
    if not spend_token(issuer=psc.issuer, jti=claims["jti"], expires_at=expires_at):
        raise PscRefused("psc_token", "jti already used")
    return end_sessions(sub=claims.get("sub", ""), sid=claims.get("sid", ""))
