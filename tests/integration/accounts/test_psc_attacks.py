"""What does not come from Pro Santé Connect, or not for us, or not for this request, opens nothing.

Each attack is refused with a page in French, is logged, and is never an error page.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import jwt
import pytest
from django.core.cache import cache
from pytest_django import Settings

from portal.accounts.models import ProfessionalIdentity, User
from portal.demo.identity.http import Request, Response, to_json
from portal.demo.identity.keys import SigningKey
from portal.demo.identity.provider import Grant, IdentityProvider
from tests.conftest import MACHINE
from tests.integration.accounts.providers import BACKCHANNEL, CALLBACK, CLIENT_ID, Browser, configuration, serving

NOW = int(MACHINE.timestamp())
Claims = dict[str, Any]


@dataclass
class Cheat(IdentityProvider):
    """A provider that says something else than it should."""

    twist: Callable[[Claims], Claims] = lambda claims: claims
    sealed: Callable[[SigningKey, Claims], str] = lambda key, claims: key.sign(claims)
    info: Callable[[Claims], Claims] = lambda info: info
    seen: list[Claims] = field(default_factory=list)

    def token(self, request: Request) -> Response:
        answer = json.loads(super().token(request).body)
        return to_json({**answer, "id_token": self.sealed(self.key, self.seen[-1])})

    def id_token_claims(self, grant: Grant) -> Claims:
        self.seen.append(self.twist(super().id_token_claims(grant)))
        return self.seen[-1]

    def userinfo(self, request: Request) -> Response:
        return to_json(self.info(json.loads(super().userinfo(request).body)))


@pytest.fixture(scope="module")
def cheating() -> Iterator[Cheat]:
    with serving(Cheat) as provider:
        assert isinstance(provider, Cheat)
        yield provider


@pytest.fixture
def cheat(cheating: Cheat, settings: Settings) -> Cheat:
    """Honest until a test says otherwise."""
    cache.clear()
    cheating.twist, cheating.info = (lambda claims: claims), (lambda info: info)
    cheating.sealed = lambda key, claims: key.sign(claims)
    cheating.seen.clear()
    cheating.sessions.clear()
    settings.PSC = configuration(cheating.issuer)
    return cheating


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


def changed(**claims: Any) -> Callable[[Claims], Claims]:
    return lambda given: {name: value for name, value in {**given, **claims}.items() if value is not None}


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


OTHER = SigningKey.new()


def _unsigned(key: SigningKey, claims: Claims) -> str:
    return jwt.encode(claims, "", algorithm="none", headers={"kid": key.kid})


def _with_public_key_as_secret(key: SigningKey, claims: Claims) -> str:
    """The old confusion: HS256 with the public key as the secret."""
    return jwt.encode(claims, key.jwks["keys"][0]["n"], algorithm="HS256", headers={"kid": key.kid})


def _own_key_under_its_name(key: SigningKey, claims: Claims) -> str:
    return jwt.encode(claims, OTHER._private, algorithm="RS256", headers={"kid": key.kid})


def _key_in_the_header(key: SigningKey, claims: Claims) -> str:
    headers = {"kid": OTHER.kid, "jwk": OTHER.jwks["keys"][0], "jku": "https://evil.example/keys"}
    return jwt.encode(claims, OTHER._private, algorithm="RS256", headers=headers)


def _another_kind(key: SigningKey, claims: Claims) -> str:
    return jwt.encode(claims, key._private, algorithm="RS512", headers={"kid": key.kid})


def _swapped_payload(key: SigningKey, claims: Claims) -> str:
    right, other = key.sign(claims).split("."), key.sign({**claims, "sub": "f:x:autre"}).split(".")
    return ".".join([right[0], other[1], right[2]])


FORGERIES: dict[str, tuple[Callable[[SigningKey, Claims], Any], str]] = {
    "alg none": (_unsigned, "alg none"),
    "the public key as a secret": (_with_public_key_as_secret, "alg HS256"),
    "a key of one's own, under its name": (_own_key_under_its_name, "signature"),
    "a key of one's own, unknown": (lambda key, claims: OTHER.sign(claims), "unknown key"),
    "a key in the header": (_key_in_the_header, "unknown key"),
    "an algorithm that is not ours": (_another_kind, "alg RS512"),
    "a payload under another's signature": (_swapped_payload, "signature"),
    "no token": (lambda key, claims: None, "no token"),
    "a number": (lambda key, claims: 12, "no token"),
    "no signature": (lambda key, claims: key.sign(claims).rpartition(".")[0] + ".", "signature"),
    "two parts": (lambda key, claims: "a.b", "header"),
    "garbage": (lambda key, claims: "\x00é" * 10, "header"),
    "megabytes": (lambda key, claims: "a" * 200_000, "no token"),
}


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
    other = Browser(other_browser.portal.__class__())
    other.portal.handler = other_browser.portal.handler
    assert other.portal.post(BACKCHANNEL, {"logout_token": token}).status_code == 200
    assert not browser.logged_in
    assert not other_browser.logged_in


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
