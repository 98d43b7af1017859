"""A logout that does not come from the provider ends nothing; a true one ends what it names."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from tests.conftest import MACHINE
from tests.integration.accounts.cheats import FORGERIES, Cheat, Claims, changed
from tests.integration.accounts.providers import BACKCHANNEL, CLIENT_ID, Browser
from tests.integration.web.world import as_

NOW = int(MACHINE.timestamp())


def _logout_claims(cheat: Cheat, **claims: Any) -> Claims:
    event: Claims = {"http://schemas.openid.net/event/backchannel-logout": {}}
    given = {"iss": cheat.issuer, "aud": CLIENT_ID, "iat": NOW, "exp": NOW + 120, "jti": "un", "events": event}
    return changed(**claims)(given)


FORGED_LOGOUTS: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://evil.example"},
    "for another portal": {"aud": "un-autre"},
    "expired": {"exp": NOW - 1},
    "of last week": {"iat": NOW - 7 * 86_400},
    "no jti": {"jti": None},
    "no event": {"events": None},
    "another event": {"events": {"http://schemas.openid.net/event/autre": {}}},
    "an event in words": {"events": "http://schemas.openid.net/event/backchannel-logout"},
    "a nonce": {"nonce": "x"},
    "nobody": {"sub": None},
    "a sub that is a list": {"sub": ["x"]},
}


@pytest.mark.parametrize("forgery", FORGED_LOGOUTS)
def test_a_forged_logout_ends_nothing(
    forgery: str, cheat: Cheat, browser: Browser, other_browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    browser.log_in("canal")
    sub = browser.portal.session["psc"]["sub"]
    token = cheat.key.sign(_logout_claims(cheat, **{"sub": sub, **FORGED_LOGOUTS[forgery]}))
    with caplog.at_level(logging.WARNING, "portal.accounts.psc"):
        response = other_browser.portal.post(BACKCHANNEL, {"logout_token": token})
    assert response.status_code == 400
    assert response.json()["error"] == "invalid_request"
    assert '"act": "backchannel_logout"' in caplog.text
    assert browser.logged_in


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_logout_that_is_not_signed_by_the_provider(
    forgery: str, cheat: Cheat, browser: Browser, other_browser: Browser
) -> None:
    browser.log_in("canal")
    made, _ = FORGERIES[forgery]
    token = made(cheat.key, _logout_claims(cheat, sub=browser.portal.session["psc"]["sub"]))
    body = {} if token is None else {"logout_token": token}
    assert other_browser.portal.post(BACKCHANNEL, body).status_code == 400
    assert browser.logged_in


def test_an_id_token_is_no_logout_token(cheat: Cheat, browser: Browser, other_browser: Browser) -> None:
    browser.log_in("canal")
    token = browser.portal.session["psc"]["id_token"]
    assert other_browser.portal.post(BACKCHANNEL, {"logout_token": token}).status_code == 400
    assert browser.logged_in


def test_a_true_logout_of_the_person_ends_every_session(cheat: Cheat, browser: Browser, other_browser: Browser) -> None:
    browser.log_in("canal")
    other_browser.log_in("canal")
    token = cheat.key.sign(_logout_claims(cheat, sub=browser.portal.session["psc"]["sub"]))
    assert as_("").post(BACKCHANNEL, {"logout_token": token}).status_code == 200
    assert not browser.logged_in
    assert not other_browser.logged_in
