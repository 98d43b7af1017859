"""« Pro Santé Connect de démonstration »: an OpenID Connect provider on loopback, for made-up people only.

Code flow with PKCE S256 (required), ``nonce``, ``prompt`` and ``max_age`` honoured, ``acr``, ``sid``, logout asked by
the portal and told to it from server to server. What it remembers is in memory: one process, and a restart forgets it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import jwt
import requests

from portal.common import clock
from portal.demo.identity import http, pages
from portal.demo.identity.authorization import Asked, Client, Refused, asked
from portal.demo.identity.http import Request, Response
from portal.demo.identity.keys import ALGORITHM, SigningKey
from portal.demo.identity.people import PEOPLE, Person

COOKIE = "psc_demo"
CODE_SECONDS, TOKEN_SECONDS = 60, 120
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True)
class Session:
    """Somebody authenticated in one browser."""

    person: Person
    sid: str
    auth_time: int


@dataclass(frozen=True)
class Grant:
    """What a code may be traded for."""

    asked: Asked
    session: Session
    until: int


@dataclass
class IdentityProvider:
    """The WSGI application. ``issuer`` is its own address, without a trailing slash."""

    issuer: str
    client: Client
    key: SigningKey
    sessions: dict[str, Session] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    access: dict[str, tuple[Person, int]] = field(default_factory=dict)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        request = http.read(environ, COOKIE)
        pages_of: dict[tuple[str, str], Callable[[Request], Response]] = {
            ("GET", "/.well-known/openid-configuration"): self.discovery,
            ("GET", "/jwks"): lambda _: http.to_json(self.key.jwks),
            ("GET", "/authorize"): self.authorize,
            ("POST", "/authorize"): self.confirmed,
            ("POST", "/token"): self.token,
            ("GET", "/userinfo"): self.userinfo,
            ("GET", "/logout"): self.logout,
            ("GET", "/style.css"): lambda _: Response(pages.STYLE.read_bytes(), kind="text/css"),
            ("GET", "/"): lambda _: pages.tell("Accueil", "Connectez-vous depuis la page de connexion du portail."),
        }
        answer = pages_of.get((request.method, request.path))
        if answer is None:
            return pages.tell("Page introuvable", "Revenez au portail.", HTTPStatus.NOT_FOUND).wsgi(start_response)
        try:
            return answer(request).wsgi(start_response)
        except Refused as refused:
            return refused.response().wsgi(start_response)

    def discovery(self, _request: Request) -> Response:
        """OpenID Connect Discovery 1.0."""
        places = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "userinfo_endpoint": "userinfo",
            "end_session_endpoint": "logout",
            "jwks_uri": "jwks",
        }
        return http.to_json(
            {
                "issuer": self.issuer,
                **{name: f"{self.issuer}/{path}" for name, path in places.items()},
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": [ALGORITHM],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
                "acr_values_supported": ["eidas1", "eidas2"],
                "backchannel_logout_supported": True,
                "backchannel_logout_session_supported": True,
            }
        )

    def authorize(self, request: Request) -> Response:
        """Who is it? A known browser is not asked again, unless the portal demands it."""
        wanted = asked(request.query, self.client)
        session = self.sessions.get(request.cookie)
        if session is not None and wanted.accepts(session.auth_time, self._now()):
            return self._back(wanted, session)
        if wanted.prompt == "none":
            raise Refused("login_required", wanted.redirect_uri, wanted.state)
        person = PEOPLE.get(request.query.get("person", ""))
        query = {name: value for name, value in request.query.items() if name != "person"}
        if person is None:
            return pages.choose(PEOPLE.values(), query, signing=wanted.prompt == "login")
        return pages.confirm(person, query, secrets.randbelow(90) + 10)

    def confirmed(self, request: Request) -> Response:
        """The person confirmed: a new authentication, in the same session where it is the same person."""
        wanted = asked(request.query, self.client)
        person = PEOPLE.get(request.form.get("person", ""))
        if person is None:
            raise Refused("access_denied", wanted.redirect_uri, wanted.state)
        known = self.sessions.get(request.cookie)
        if known is not None and known.person is person:
            token, sid = request.cookie, known.sid
        else:
            token, sid = secrets.token_urlsafe(32), secrets.token_urlsafe(16)
        session = self.sessions[token] = Session(person, sid, self._now())
        answer = self._back(wanted, session)
        answer.headers.append(("Set-Cookie", f"{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax"))
        return answer

    def token(self, request: Request) -> Response:
        """Trade a code, once, for the tokens."""
        self._authenticate_client(request)
        grant = self.grants.pop(request.form.get("code", ""), None)
        if grant is None or grant.until <= self._now() or request.form.get("redirect_uri") != grant.asked.redirect_uri:
            raise Refused("invalid_grant")
        digest = hashlib.sha256(request.form.get("code_verifier", "").encode()).digest()
        if not hmac.compare_digest(base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), grant.asked.challenge):
            raise Refused("invalid_grant")
        access_token = secrets.token_urlsafe(32)
        self.access[access_token] = (grant.session.person, self._now() + TOKEN_SECONDS)
        return http.to_json(
            {
                "access_token": access_token,
                "token_type": "Bearer",
                "expires_in": TOKEN_SECONDS,
                "id_token": self.key.sign(self.id_token_claims(grant)),
            }
        )

    def id_token_claims(self, grant: Grant) -> dict[str, Any]:
        """What the ID token says."""
        now = self._now()
        return {
            "iss": self.issuer,
            "aud": self.client.client_id,
            "sub": grant.session.person.sub,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "auth_time": grant.session.auth_time,
            "nonce": grant.asked.nonce,
            "acr": grant.session.person.acr,
            "sid": grant.session.sid,
            "authMode": grant.session.person.auth_mode,
        }

    def userinfo(self, request: Request) -> Response:
        """What is known of the person."""
        person, until = self.access.get(request.authorization.removeprefix("Bearer "), (None, 0))
        if person is None or until <= self._now():
            raise Refused("invalid_token", status=HTTPStatus.UNAUTHORIZED)
        return http.to_json(person.userinfo())

    def logout(self, request: Request) -> Response:
        """The portal's user logs out: the session ends here, and the portal is told of all that came of it."""
        try:
            hint = self.key.read(request.query.get("id_token_hint", ""))
        except jwt.PyJWTError:
            raise Refused("invalid_request") from None
        for token in [token for token, session in self.sessions.items() if session.sid == hint.get("sid")]:
            self.end(token)
        back = request.query.get("post_logout_redirect_uri", "")
        if not self.client.may_return_to(back):
            return pages.tell("Vous êtes déconnecté", "Vous pouvez fermer cette page.")
        return http.to(back, state=request.query.get("state", ""))

    def end(self, token: str) -> None:
        """End one session and tell the portal, from server to server."""
        session = self.sessions.pop(token)
        claims = {
            "iss": self.issuer,
            "aud": self.client.client_id,
            "iat": self._now(),
            "exp": self._now() + TOKEN_SECONDS,
            "jti": secrets.token_urlsafe(16),
            "sub": session.person.sub,
            "sid": session.sid,
            "events": {LOGOUT_EVENT: {}},
        }
        try:
            told = {"logout_token": self.key.sign(claims, "logout+jwt")}
            requests.post(self.client.backchannel_logout_uri, data=told, timeout=5)
        except requests.RequestException:
            return  # a portal that is not there has no session to end

    def _back(self, wanted: Asked, session: Session) -> Response:
        code = secrets.token_urlsafe(32)
        self._forget_the_old()
        self.grants[code] = Grant(wanted, session, self._now() + CODE_SECONDS)
        return http.to(wanted.redirect_uri, code=code, state=wanted.state)

    def _authenticate_client(self, request: Request) -> None:
        given = (request.form.get("client_id", ""), request.form.get("client_secret", ""))
        if request.authorization.startswith("Basic "):
            given = _basic(request.authorization.removeprefix("Basic "))
        if not self.client.is_it(*given):
            raise Refused("invalid_client", status=HTTPStatus.UNAUTHORIZED)

    def _forget_the_old(self) -> None:
        now = self._now()
        for code in [code for code, grant in list(self.grants.items()) if grant.until <= now]:
            self.grants.pop(code, None)
        for token in [token for token, (_, until) in list(self.access.items()) if until <= now]:
            self.access.pop(token, None)

    def _now(self) -> int:
        return int(clock.machine_now().timestamp())


def _basic(credentials: str) -> tuple[str, str]:
    """User and password of HTTP Basic, both percent-encoded (RFC 6749, section 2.3.1); empty where malformed."""
    try:
        name, _, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return unquote(name), unquote(secret)
