"""What does not come from Pro Santé Connect, or not for us, or not for this request, opens nothing.

Each attack is refused with a page in French, is logged, and is never an error page.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest
from pytest_django import Settings

from portal.accounts.models import ProfessionalIdentity, User
from portal.demo.identity.http import Request, to_json
from portal.demo.identity.keys import SigningKey
from tests.conftest import MACHINE
from tests.integration.accounts.cheats import FORGERIES, Cheat, Claims, changed
from tests.integration.accounts.providers import CALLBACK, CLIENT_ID, Browser, configuration

NOW = int(MACHINE.timestamp())


def refused(browser: Browser, caplog: pytest.LogCaptureFixture, code: str, detail: str = "") -> None:
    """A log-in is refused, said in French, logged, and leaves nothing behind."""
    before = User.objects.count(), ProfessionalIdentity.objects.count()
    caplog.clear()
    with caplog.at_level(logging.WARNING, "portal.accounts.psc"):
        response = browser.log_in("canal")
    assert 400 <= response.status_code < 500, response.status_code
    told = [json.loads(record.getMessage()) for record in caplog.records if record.name == "portal.accounts.psc"]
    assert [line["code"] for line in told] == [code]
    assert detail in told[0]["detail"]
    assert told[0]["request"]
    assert "Revenir à la connexion" in response.content.decode()
    assert not browser.logged_in
    assert (User.objects.count(), ProfessionalIdentity.objects.count()) == before


LIES: dict[str, tuple[dict[str, Any], str, str]] = {
    "another issuer": ({"iss": "https://auth.evil.example"}, "psc_token", "iss"),
    "no issuer": ({"iss": None}, "psc_token", "iss"),
    "for another portal": ({"aud": "un-autre"}, "psc_token", "aud"),
    "for several, not us first": ({"aud": [CLIENT_ID, "un-autre"], "azp": "un-autre"}, "psc_token", "azp"),
    "expired": ({"iat": NOW - 500, "exp": NOW}, "psc_token", "exp"),
    "never expires": ({"exp": None}, "psc_token", "exp"),
    "expires in words": ({"exp": "demain"}, "psc_token", "exp"),
    "expires at true": ({"exp": True}, "psc_token", "exp"),
    "of last week": ({"iat": NOW - 7 * 86_400}, "psc_token", "iat"),
    "of tomorrow": ({"iat": NOW + 86_400, "exp": NOW + 86_500}, "psc_token", "iat"),
    "not yet valid": ({"nbf": NOW + 3600}, "psc_token", "nbf"),
    "no nonce": ({"nonce": None}, "psc_token", "nonce"),
    "another nonce": ({"nonce": "x" * 64}, "psc_token", "nonce"),
    "a nonce that is no text": ({"nonce": 12}, "psc_token", "nonce"),
    "an accented nonce": ({"nonce": "é" * 64}, "psc_token", "nonce"),
    "no subject": ({"sub": ""}, "psc_token", "sub"),
    "a low level": ({"acr": "eidas0"}, "psc_acr", "eidas0"),
    "no level": ({"acr": None}, "psc_acr", ""),
    "a level that is no text": ({"acr": ["eidas1"]}, "psc_acr", ""),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_says_otherwise(
    lie: str, cheat: Cheat, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    claims, code, detail = LIES[lie]
    cheat.twist = changed(**claims)
    refused(browser, caplog, code, detail)


@pytest.mark.parametrize("minimum", ["eidas2", "eidas3"])
def test_the_minimum_is_the_operators(
    minimum: str, cheat: Cheat, settings: Settings, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    settings.PSC = configuration(cheat.issuer, minimum_acr=minimum)
    refused(browser, caplog, "psc_acr")


def test_a_higher_level_than_asked_is_welcome_and_kept(cheat: Cheat, browser: Browser) -> None:
    cheat.twist = changed(acr="eidas2")
    assert browser.log_in("canal").status_code == 302
    assert browser.portal.session["psc"]["acr"] == "eidas2"


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_token_that_is_not_signed_by_the_provider(
    forgery: str, cheat: Cheat, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    cheat.sealed, detail = FORGERIES[forgery]
    refused(browser, caplog, "psc_token", detail)


def test_a_key_taken_back_opens_nothing_any_more(
    cheat: Cheat, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    old, cheat.key = cheat.key, SigningKey.new()
    cheat.sealed = lambda key, claims: old.sign(claims)
    refused(browser, caplog, "psc_token", "unknown key")
    cheat.key = old


def test_a_token_of_another_request(cheat: Cheat, browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    """Right in everything, but answered to somebody else: its nonce is that of the other browser."""
    browser.log_in("canal")
    first = dict(cheat.seen[-1])
    browser.portal.logout()
    browser.outside.cookies.clear()
    cheat.sealed = lambda key, claims: key.sign(first)
    refused(browser, caplog, "psc_token", "nonce")


PEOPLES_LIES: dict[str, tuple[Callable[[Claims], Any], str]] = {
    "about someone else": (changed(sub="f:x:autre"), "psc_token"),
    "a list": (lambda info: [info], "psc_token"),
    "a physician": (changed(SubjectRefPro={"exercices": [{"codeProfession": "10"}]}), "psc_profession"),
    "no profession": (changed(SubjectRefPro=None), "psc_profession"),
    "a profession that is a number": (changed(SubjectRefPro={"exercices": [{"codeProfession": 21}]}), "psc_profession"),
    "exercises in words": (changed(SubjectRefPro={"exercices": "21"}), "psc_profession"),
    "a student, by role alone": (changed(SubjectRefPro={"exercices": []}, SubjectRole=["21^x"]), "psc_profession"),
    "no identifier": (changed(SubjectNameID=None), "psc_no_identifier"),
    "an identifier of NUL": (changed(SubjectNameID="\x00\x00\x00\x00\x00\x00"), "psc_no_identifier"),
    "an identifier that is a list": (changed(SubjectNameID=["899700010129"]), "psc_no_identifier"),
}


@pytest.mark.parametrize("lie", PEOPLES_LIES)
def test_a_person_who_is_not_let_in(lie: str, cheat: Cheat, browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    cheat.info, code = PEOPLES_LIES[lie]
    refused(browser, caplog, code)


def test_a_physician_of_the_demonstration(cheat: Cheat, browser: Browser) -> None:
    response = browser.log_in("medecin")
    assert response.status_code == 403
    assert "réservé aux pharmaciens" in response.content.decode()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "psc_state"),
        ({"state": "inconnu", "code": "x"}, "psc_state"),
        ({"state": "\x00", "code": "x"}, "psc_state"),
        ({"code": "x"}, "psc_state"),
    ],
)
def test_an_answer_that_nobody_asked_for(
    query: dict[str, str], code: str, cheat: Cheat, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "portal.accounts.psc"):
        assert browser.portal.get(CALLBACK, query).status_code == 400
    assert f'"code": "{code}"' in caplog.text


@pytest.mark.parametrize(
    ("added", "status", "words"),
    [
        ({"error": "access_denied"}, 400, "Connexion abandonnée"),
        ({"error": "server_error", "error_description": "<script>"}, 400, "a refusé la connexion"),
        ({}, 400, "a refusé la connexion"),
        ({"code": "invente"}, 400, "a refusé la connexion"),
        ({"code": "x" * 5000}, 400, "a refusé la connexion"),
    ],
)
def test_an_answer_without_a_good_code(
    added: dict[str, str], status: int, words: str, cheat: Cheat, browser: Browser
) -> None:
    state = parse_qs(urlsplit(browser.leave()).query)["state"][0]
    response = browser.portal.get(CALLBACK, {"state": state, **added})
    assert response.status_code == status
    assert words in response.content.decode()
    assert not browser.logged_in


def test_a_provider_that_breaks_down_is_unavailable(
    cheat: Cheat, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    cheat.info = lambda info: {"broken": 1 / 0}
    assert browser.log_in("canal").status_code == 503
    cheat.sealed = lambda key, claims: str(1 / 0)
    assert browser.log_in("canal").status_code == 503
    assert "psc_unavailable" in caplog.text


def test_an_answer_serves_once_and_in_its_own_browser(cheat: Cheat, browser: Browser, other_browser: Browser) -> None:
    back = browser.confirm(browser.leave(), "canal")
    assert other_browser.portal.get(back).status_code == 400
    assert browser.portal.get(back).status_code == 302
    browser.portal.logout()
    assert browser.portal.get(back).status_code == 400
    assert not browser.logged_in


def test_another_verifier_is_refused_by_the_provider(cheat: Cheat, browser: Browser) -> None:
    """PKCE: an address with another challenge gives a code that our verifier does not open."""
    parts = urlsplit(browser.leave())
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | {"code_challenge": "A" * 43}
    back = browser.confirm(urlunsplit(parts._replace(query=urlencode(query))), "canal")
    assert browser.portal.get(back).status_code == 400


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "https://evil.example/token"},
        {"jwks_uri": None},
        {"userinfo_endpoint": 12},
        {"end_session_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_discovery_document_that_leads_elsewhere(
    document: dict[str, Any], cheat: Cheat, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = json.loads(cheat.discovery(Request("GET", "/", {}, {}, "", "")).body)
    monkeypatch.setattr(cheat, "discovery", lambda _: to_json(changed(**document)(said)))
    response = browser.portal.get("/compte/psc/connexion/")
    assert response.status_code == 503
    assert "ne répond pas" in response.content.decode()
