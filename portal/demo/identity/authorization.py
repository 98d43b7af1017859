"""What the portal asks for a person, and what is refused before anybody is asked who they are."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from portal.demo.identity import http, pages
from portal.demo.identity.http import Response

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Refused(Exception):
    """An error of OAuth 2.0: told to the portal by the browser, or answered to it directly."""

    def __init__(
        self, error: str, redirect_uri: str = "", state: str = "", status: HTTPStatus = HTTPStatus.BAD_REQUEST
    ) -> None:
        super().__init__(error)
        self.error, self.redirect_uri, self.state, self.status = error, redirect_uri, state, status

    def response(self) -> Response:
        """What goes back."""
        if self.redirect_uri:
            return http.to(self.redirect_uri, error=self.error, state=self.state)
        if self.error == "unknown_portal":
            text = "Cette demande ne vient pas du portail de la démonstration. Revenez au portail et recommencez."
            return pages.tell("Demande refusée", text, self.status)
        return http.to_json({"error": self.error}, self.status)


@dataclass(frozen=True)
class Client:
    """The one portal that is known here. ``callback`` and ``after_logout`` are paths, at any name of this machine."""

    client_id: str
    client_secret: str
    portal: str
    callback: str
    after_logout: str
    backchannel_logout_uri: str

    def is_it(self, client_id: str, client_secret: str) -> bool:
        """Whether these are the portal's own credentials."""
        return client_id == self.client_id and hmac.compare_digest(client_secret.encode(), self.client_secret.encode())

    def may_receive(self, redirect_uri: str) -> bool:
        """Whether a code may be sent there."""
        return self._ours(redirect_uri) and urlsplit(redirect_uri).path == self.callback

    def may_return_to(self, address: str) -> bool:
        """Whether a person who logged out may be sent there."""
        return self._ours(address) and urlsplit(address).path == self.after_logout

    def _ours(self, address: str) -> bool:
        here, given = urlsplit(self.portal), urlsplit(address)
        if given.netloc == here.netloc:
            return given.scheme == here.scheme
        try:
            return given.scheme == "http" and given.hostname in _LOOPBACK and given.port == here.port
        except ValueError:
            return False


@dataclass(frozen=True)
class Asked:
    """One authorization request, checked."""

    redirect_uri: str
    state: str
    nonce: str
    challenge: str
    prompt: str
    max_age: int | None

    def accepts(self, auth_time: int, now: int) -> bool:
        """Whether an authentication made at ``auth_time`` will do."""
        return self.prompt != "login" and (self.max_age is None or now - auth_time < self.max_age)


def asked(query: dict[str, str], client: Client) -> Asked:
    """The request of the portal. Raises ``Refused``."""
    redirect_uri, state = query.get("redirect_uri", ""), query.get("state", "")
    if query.get("client_id") != client.client_id or not client.may_receive(redirect_uri):
        raise Refused("unknown_portal")
    if query.get("response_type") != "code":
        raise Refused("unsupported_response_type", redirect_uri, state)
    if "openid" not in query.get("scope", "").split():
        raise Refused("invalid_scope", redirect_uri, state)
    challenge, max_age = query.get("code_challenge", ""), query.get("max_age", "")
    with_pkce = query.get("code_challenge_method") == "S256" and len(challenge) == 43
    if not with_pkce or not query.get("nonce") or not state or (max_age and not max_age.isdecimal()):
        raise Refused("invalid_request", redirect_uri, state)
    return Asked(
        redirect_uri=redirect_uri,
        state=state,
        nonce=query["nonce"],
        challenge=challenge,
        prompt=query.get("prompt", ""),
        max_age=int(max_age) if max_age else None,
    )
