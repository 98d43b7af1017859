"""The provider's addresses and keys, kept: an hour fresh, and a day as a last good copy for when it does not answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import requests
from django.core.cache import cache

from portal.accounts.psc.configuration import PscConfiguration
from portal.accounts.psc.refusals import PscUnavailable

FRESH_SECONDS, LAST_GOOD_SECONDS = 3600, 86_400
REFETCH_SECONDS = 10
"""An unknown key makes the keys be read again, but not more often: forged tokens must not hammer the provider."""
TIMEOUT = (3.05, 7.0)
_LARGEST = 1_000_000
_NEEDED = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
_OPTIONAL = ("end_session_endpoint",)

Document = dict[str, Any]


def metadata(psc: PscConfiguration) -> Document:
    """The discovery document, checked. Raises ``PscUnavailable``."""
    return _kept(psc, "metadata", psc.discovery_url, lambda found: _check_metadata(psc, found))


def keys(psc: PscConfiguration) -> Document:
    """The provider's public keys (a JWKS). Raises ``PscUnavailable``."""
    return _kept(psc, "jwks", metadata(psc)["jwks_uri"], _check_keys)


def keys_again(psc: PscConfiguration) -> Document:
    """The keys, read anew unless that was done a moment ago: after a rollover they hold the new one."""
    if cache.add(_name(psc, "refetch"), 1, REFETCH_SECONDS):
        cache.delete(_name(psc, "jwks"))
    return keys(psc)


def _kept(psc: PscConfiguration, what: str, url: str, check: Callable[[Document], Document]) -> Document:
    fresh: Document | None = cache.get(_name(psc, what))
    if fresh is not None:
        return fresh
    try:
        found = check(_fetched(url))
    except PscUnavailable:
        last_good: Document | None = cache.get(_name(psc, f"{what}-last-good"))
        if last_good is None:
            raise
        return last_good
    cache.set(_name(psc, what), found, FRESH_SECONDS)
    cache.set(_name(psc, f"{what}-last-good"), found, LAST_GOOD_SECONDS)
    return found


def _fetched(url: str) -> Document:
    try:
        response = requests.get(url, timeout=TIMEOUT, allow_redirects=False, headers={"Accept": "application/json"})
        if response.status_code != requests.codes.ok or len(response.content) > _LARGEST:
            raise PscUnavailable(f"{url}: status {response.status_code}, {len(response.content)} bytes")
        found = response.json()
    except (requests.RequestException, ValueError) as error:
        raise PscUnavailable(f"{url}: {type(error).__name__}") from error
    if not isinstance(found, dict):
        raise PscUnavailable(f"{url}: not a JSON object")
    return found


def _check_metadata(psc: PscConfiguration, found: Document) -> Document:
    """Only the addresses that we use, each at an origin that we trust; the issuer that the address implies."""
    if found.get("issuer") != psc.issuer:
        raise PscUnavailable("discovery: another issuer than its address says")
    for name in (*_NEEDED, *(name for name in _OPTIONAL if name in found)):
        if not isinstance(found.get(name), str) or not psc.trusts(found[name]):
            raise PscUnavailable(f"discovery: {name} is missing or elsewhere")
    return found


def _check_keys(found: Document) -> Document:
    if not isinstance(found.get("keys"), list) or not all(isinstance(key, dict) for key in found["keys"]):
        raise PscUnavailable("keys: not a JWKS")
    return {"keys": found["keys"]}


def _name(psc: PscConfiguration, what: str) -> str:
    return f"psc:{hashlib.sha256(psc.discovery_url.encode()).hexdigest()[:16]}:{what}"
