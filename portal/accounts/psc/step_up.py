"""The fresh authentication that binds a signature: the way there, for pages that sign, and what is demanded back."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse

from portal.accounts.domain.intents import nonce_of
from portal.accounts.models import StepUp
from portal.accounts.psc import session
from portal.accounts.psc.flow import STEP_UP, Answer, send
from portal.accounts.psc.provider import configuration
from portal.accounts.psc.refusals import PscRefused, log_act
from portal.accounts.psc.tokens import SKEW, is_instant
from portal.accounts.selectors import national_id_of
from portal.accounts.services.step_up import Proven, make_intent, record_step_up
from portal.common import clock


def begin_step_up(request: HttpRequest, *, documents: Sequence[str], consent: str, next_url: str) -> HttpResponse:
    """Send the person logged in to confirm who they are for these documents (hexadecimal SHA-256, as shown).

    ``consent`` is the version of the text agreed to. On their return they land on ``next_url`` (a path of the portal),
    where ``claim_step_up`` succeeds for 15 minutes. Raises ``PscUnavailable``, Http404 where Pro Santé Connect is not
    used.
    """
    intent = make_intent(documents, consent)
    data = {
        "intent": intent,
        "documents": list(documents),
        "user": request.user.pk,
        "begun": int(clock.machine_now().timestamp()),
    }
    fresh = {"prompt": "login", "max_age": "0"}
    return send(request, process=STEP_UP, next_url=next_url, data=data, nonce=nonce_of(intent), more=fresh)


def complete_step_up(request: HttpRequest, answer: Answer) -> StepUp:
    """Keep the proof. Raises ``PscRefused``: another person than the one logged in, or no fresh authentication."""
    _check_person(request, answer)
    claims = answer.verified.claims
    authenticated = claims.get("auth_time")
    if not is_instant(authenticated) or authenticated < answer.data["begun"] - SKEW:
        raise PscRefused("psc_stale", "auth_time is older than the request")
    if authenticated > clock.machine_now().timestamp() + SKEW:
        raise PscRefused("psc_stale", "auth_time is to come")
    step_up = record_step_up(
        user_id=answer.data["user"],
        intent=answer.data["intent"],
        documents=answer.data["documents"],
        proven=Proven(
            id_token=answer.id_token,
            claims=claims,
            userinfo=answer.userinfo,
            jwks=answer.verified.jwks,
            auth_mode=answer.professional.auth_mode,
            demo=configuration().demo,
        ),
    )
    log_act("stepped_up", step_up=str(step_up.pk), documents=len(answer.data["documents"]), acr=step_up.acr)
    return step_up


def _check_person(request: HttpRequest, answer: Answer) -> None:
    """The account that asked, still logged in here, by the same identity (and the same ``sub`` where that is known)."""
    if not request.user.is_authenticated or request.user.pk != answer.data["user"]:
        raise PscRefused("psc_other_person", "another account is logged in")
    if national_id_of(request.user.pk) != answer.professional.national_id:
        raise PscRefused("psc_other_person", "another national identifier")
    known = session.of(request)
    if known and known["sub"] != answer.verified.claims["sub"]:
        raise PscRefused("psc_other_person", "another sub")
