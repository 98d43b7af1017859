"""Verifying what the provider signs: ID tokens and logout tokens.

OpenID Connect Core 1.0, section 3.1.3.7; Back-Channel Logout 1.0, section 2.6. Algorithms are ours, never the token's:
asymmetric only. Instants are checked against the portal's machine time.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

import jwt

from portal.accounts.domain.professionals import check_acr
from portal.accounts.psc import discovery
from portal.accounts.psc.configuration import PscConfiguration
from portal.accounts.psc.refusals import PscRefused
from portal.common import clock

if TYPE_CHECKING:
    from jwt.types import Options

ALGORITHMS = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
"""Accepted signatures and the kind of key that each takes."""

SKEW, OLDEST = 60, 600
"""Seconds: how far clocks may differ, how old a token may be when it comes."""

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_LONGEST = 50_000
_UNCHECKED: Options = {
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}
"""Checked here, by our clock."""


@dataclass(frozen=True)
class Verified:
    """The claims of a token whose signature holds, and the keys that it was checked against."""

    claims: Mapping[str, Any]
    jwks: Mapping[str, Any]


def verify_id_token(raw: Any, psc: PscConfiguration, *, nonce: str) -> Verified:
    """The claims of an ID token meant for us and for this very request.

    Raises ``PscRefused``: ``psc_token``, or ``psc_acr`` for a level of assurance below the minimum.
    """
    verified = _signed(raw, psc)
    claims = verified.claims
    _check_audience(claims, psc)
    _check_times(claims)
    given = claims.get("nonce")
    _demand(isinstance(given, str) and hmac.compare_digest(given.encode(), nonce.encode()), "nonce")
    _demand(_is_text(claims.get("sub")), "sub")
    for refusal in check_acr(claims.get("acr"), psc.minimum_acr):
        raise PscRefused("psc_acr", f"acr {claims.get('acr')!r:.40}", refusal.message)
    return verified


def verify_logout_token(raw: Any, psc: PscConfiguration) -> Mapping[str, Any]:
    """The claims of a back-channel logout token. Raises ``PscRefused`` (``psc_token``).

    That its ``jti`` comes once is for the caller, who keeps the spent ones.
    """
    claims = _signed(raw, psc).claims
    _check_audience(claims, psc)
    _check_times(claims)
    events = claims.get("events")
    _demand(isinstance(events, Mapping) and isinstance(events.get(LOGOUT_EVENT), Mapping), "events")
    _demand("nonce" not in claims, "a logout token has no nonce")
    _demand(_is_text(claims.get("jti")), "jti")
    _demand(_is_text(claims.get("sub")) or _is_text(claims.get("sid")), "neither sub nor sid")
    _demand(all(_is_text(claims[name]) for name in ("sub", "sid") if name in claims), "sub or sid is no text")
    return claims


def _signed(raw: Any, psc: PscConfiguration) -> Verified:
    """The claims under a signature by one of the provider's keys; an unknown key makes them be read once more."""
    _demand(isinstance(raw, str) and 0 < len(raw) <= _LONGEST, "no token")
    try:
        header = jwt.get_unverified_header(raw)
    except jwt.PyJWTError as error:
        raise PscRefused("psc_token", f"header: {type(error).__name__}") from error
    algorithm, kid = str(header.get("alg")), header.get("kid")
    _demand(algorithm in ALGORITHMS, f"alg {algorithm:.20}")
    _demand("crit" not in header, "crit")
    jwks = discovery.keys(psc)
    key = _find(jwks, algorithm, kid)
    if key is None:
        jwks = discovery.keys_again(psc)
        key = _find(jwks, algorithm, kid)
    if key is None:
        raise PscRefused("psc_token", "unknown key")
    try:
        claims = jwt.decode(raw, jwt.PyJWK(key, algorithm=algorithm), algorithms=[algorithm], options=_UNCHECKED)
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise PscRefused("psc_token", f"signature: {type(error).__name__}") from error
    return Verified(claims, jwks)


def _find(jwks: Mapping[str, Any], algorithm: str, kid: Any) -> dict[str, Any] | None:
    """The key of this name that fits the algorithm; the only fitting one where the token names none."""
    fitting = [
        key
        for key in jwks["keys"]
        if key.get("kty") == ALGORITHMS[algorithm]
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
    ]
    if kid is not None:
        fitting = [key for key in fitting if key.get("kid") == kid]
    return fitting[0] if len(fitting) == 1 else None


def _check_audience(claims: Mapping[str, Any], psc: PscConfiguration) -> None:
    _demand(claims.get("iss") == psc.issuer, "iss")
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    _demand(psc.client_id in named, "aud")
    _demand(len(named) == 1 or claims.get("azp") == psc.client_id, "azp")


def _check_times(claims: Mapping[str, Any]) -> None:
    now = clock.machine_now().timestamp()
    issued, expires = claims.get("iat"), claims.get("exp")
    before = claims.get("nbf", issued)
    if not is_instant(issued) or not now - OLDEST <= issued <= now + SKEW:
        raise PscRefused("psc_token", "iat")
    if not is_instant(expires) or expires <= now:
        raise PscRefused("psc_token", "exp")
    if not is_instant(before) or before > now + SKEW:
        raise PscRefused("psc_token", "nbf")


def is_instant(value: Any) -> TypeGuard[float]:
    """Whether a claim is a number of seconds since the epoch that a calendar can hold."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 4_102_444_800


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 255 and value.isprintable()


def _demand(holds: bool, detail: str) -> None:
    if not holds:
        raise PscRefused("psc_token", detail)
