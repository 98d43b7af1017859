"""Logging in and out by Pro Santé Connect, against the demonstration's provider on loopback."""

from __future__ import annotations

import dataclasses
import logging
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.core.cache import cache
from django.urls import reverse
from pytest_django import Settings

from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership, ProfessionalIdentity, ProviderSession, User
from portal.accounts.psc import discovery
from portal.accounts.psc.refusals import PscUnavailable
from portal.accounts.services.identities import record_identity
from portal.common import clock
from portal.demo.identity.keys import SigningKey
from portal.demo.identity.people import PEOPLE
from portal.demo.identity.provider import IdentityProvider
from portal.registry.services.people import attach_to_pharmacy
from tests.conftest import MACHINE
from tests.factories import people
from tests.integration.accounts.providers import BACKCHANNEL, LOGIN, PORTAL, Browser, configuration, receiving, serving
from tests.integration.web.world import as_

CANAL = PEOPLE["canal"]


def titulaire(*, pharmacies: int = 1) -> User:
    """An account that an administrator gave to Élise Fabre, with her national identifier."""
    user = people.person("Élise", "Fabre")
    record_identity(user=user, national_id=CANAL.national_id, recorded_by=None)
    for _ in range(pharmacies):
        attach_to_pharmacy(user=user, pharmacy_id=people.pharmacy().pk, role=Role.TITULAIRE, since=people.SINCE)
    return user


def test_a_known_pharmacist_comes_in(provider: IdentityProvider, browser: Browser) -> None:
    user = titulaire()
    page = browser.portal.get("/compte/login/")
    assert "Se connecter avec Pro Santé Connect de démonstration" in page.content.decode()
    response = browser.log_in("canal")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert browser.portal.session["_auth_user_id"] == str(user.pk)
    assert browser.portal.session["psc"]["acr"] == "eidas1"
    assert browser.portal.get("/").status_code == 200


def test_the_request_carries_what_it_must(provider: IdentityProvider, browser: Browser) -> None:
    asked = {name: values[0] for name, values in parse_qs(urlsplit(browser.leave()).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert asked["acr_values"] == "eidas1"
    assert set(asked["scope"].split()) == {"openid", "scope_all"}
    assert len(asked["nonce"]) == 64
    assert len(asked["state"]) >= 16
    assert "prompt" not in asked


def test_parameters_from_outside_are_ignored(provider: IdentityProvider, browser: Browser) -> None:
    injected = (
        "?auth_params=acr_values%3Deidas0%26prompt%3Dnone%26nonce%3Dmine&scope=email&process=connect&acr_values=x"
    )
    asked = parse_qs(urlsplit(browser.leave(LOGIN + injected)).query)
    assert asked["acr_values"] == ["eidas1"]
    assert "prompt" not in asked and asked["nonce"] != ["mine"]
    assert "email" not in asked["scope"][0]


def test_only_paths_of_the_portal_are_gone_to_afterwards(provider: IdentityProvider, browser: Browser) -> None:
    titulaire()
    assert browser.log_in("canal", f"{LOGIN}?next=https://evil.example/")["Location"] == "/"
    assert browser.log_in("canal", f"{LOGIN}?next=/messages/")["Location"] == "/messages/"


def test_whoever_has_several_pharmacies_chooses(provider: IdentityProvider, browser: Browser) -> None:
    titulaire(pharmacies=2)
    response = browser.log_in("canal")
    assert response["Location"] == reverse("home:switch")
    assert "Pour qui agissez-vous" in browser.portal.get(response["Location"]).content.decode()


def test_an_unknown_pharmacist_has_an_account_and_no_right(provider: IdentityProvider, browser: Browser) -> None:
    assert browser.log_in("nouvelle").status_code == 302
    user = ProfessionalIdentity.objects.get(national_id=PEOPLE["nouvelle"].national_id).user
    assert (user.email, user.full_name, user.has_usable_password()) == ("", "Camille RIVOAL", False)
    assert not Membership.objects.filter(user=user).exists()
    assert browser.portal.get("/")["Location"] == reverse("registry:enrol")
    browser.portal.logout()
    browser.log_in("nouvelle")
    assert User.objects.filter(last_name="RIVOAL").count() == 1


def test_neither_the_name_nor_sub_is_a_key(
    provider: IdentityProvider, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The identifier alone: a new name and a new technical id lead to the same account; the old ones do not."""
    user = titulaire()
    renamed = dataclasses.replace(CANAL, key="renamed", last_name="Fabre-Nguyen")
    namesake = dataclasses.replace(CANAL, key="canal-2", national_id="899700099999")
    monkeypatch.setitem(PEOPLE, "renamed", renamed)
    monkeypatch.setitem(PEOPLE, "canal-2", namesake)
    browser.log_in("renamed")
    assert browser.portal.session["_auth_user_id"] == str(user.pk)
    browser.portal.logout()
    browser.outside.cookies.clear()
    browser.log_in("canal-2")
    assert browser.portal.session["_auth_user_id"] != str(user.pk)


def test_a_closed_account_stays_closed(provider: IdentityProvider, browser: Browser) -> None:
    user = titulaire()
    User.objects.filter(pk=user.pk).update(is_active=False)
    response = browser.log_in("canal")
    assert response.status_code == 403
    assert "Votre compte est fermé" in response.content.decode()
    assert not browser.logged_in


def test_a_known_browser_is_not_asked_again(provider: IdentityProvider, browser: Browser) -> None:
    titulaire()
    browser.log_in("canal")
    browser.portal.logout()
    back = browser.outside.get(browser.leave(), allow_redirects=False).headers["Location"]
    assert browser.portal.get(back.removeprefix(PORTAL)).status_code == 302
    assert browser.logged_in


def test_logging_out_ends_both_sessions(provider: IdentityProvider, browser: Browser) -> None:
    titulaire()
    browser.log_in("canal")
    with receiving() as (address, told):
        provider.client = dataclasses.replace(provider.client, backchannel_logout_uri=address)
        ending = browser.portal.post("/compte/logout/")["Location"]
        assert ending.startswith(f"{provider.issuer}/logout?id_token_hint=")
        back = browser.outside.get(ending, allow_redirects=False).headers["Location"]
    assert back == f"{PORTAL}/compte/login/"
    assert not browser.logged_in
    assert not provider.sessions and len(told) == 1
    assert not ProviderSession.objects.exists()


def test_a_log_in_by_password_has_nothing_to_end_elsewhere(provider: IdentityProvider, browser: Browser) -> None:
    user = people.person()
    browser.portal.force_login(user)
    assert browser.portal.post("/compte/logout/")["Location"] == "/compte/login/"


def test_the_provider_ends_every_session_of_its_own(
    provider: IdentityProvider, browser: Browser, other_browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    """Two browsers, one session of the provider each: the one that is ended ends here, once, and the other stays."""
    titulaire()
    browser.log_in("canal")
    other_browser.log_in("canal")
    with receiving() as (address, told):
        provider.client = dataclasses.replace(provider.client, backchannel_logout_uri=address)
        provider.end(str(browser.outside.cookies["psc_demo"]))
    token = parse_qs(told[0])["logout_token"][0]
    stranger = as_("", checks_csrf=True)
    with caplog.at_level(logging.WARNING, "portal.accounts.psc"):
        assert stranger.post(BACKCHANNEL, {"logout_token": token}).status_code == 200
        assert not browser.logged_in
        assert other_browser.logged_in
        assert stranger.post(BACKCHANNEL, {"logout_token": token}).status_code == 400
    assert "jti already used" in caplog.text


def test_a_session_that_times_out_ends_here_only(provider: IdentityProvider, browser: Browser) -> None:
    titulaire()
    browser.log_in("canal")
    browser.portal.session.flush()
    assert provider.sessions


def test_new_keys_are_found_at_once(provider: IdentityProvider, browser: Browser) -> None:
    """The old ones are in the cache: the unknown key makes them be read again, once."""
    titulaire()
    browser.log_in("canal")
    browser.portal.logout()
    before, provider.key = provider.key, SigningKey.new()
    try:
        assert browser.log_in("canal").status_code == 302
        assert browser.logged_in
    finally:
        provider.key = before


def test_a_silent_provider_is_a_page_that_says_so(settings: Settings, browser: Browser) -> None:
    cache.clear()
    settings.PSC = configuration("http://127.0.0.1:9")
    response = browser.portal.get(LOGIN)
    assert response.status_code == 503
    assert "Pro Santé Connect ne répond pas" in response.content.decode()
    assert "Réessayez" in response.content.decode()


def test_a_silent_provider_does_not_keep_anybody_in(
    provider: IdentityProvider, settings: Settings, browser: Browser
) -> None:
    titulaire()
    browser.log_in("canal")
    cache.clear()
    settings.PSC = configuration("http://127.0.0.1:9")
    assert browser.portal.post("/compte/logout/")["Location"] == "/compte/login/"
    assert not browser.logged_in


def test_the_last_good_copy_serves_while_the_provider_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(discovery, "FRESH_SECONDS", 0)  # an hour passes at once
    with serving() as short_lived:
        psc = configuration(short_lived.issuer)
        known = discovery.metadata(psc)
        keys = discovery.keys(psc)
    assert discovery.metadata(psc) == known
    assert discovery.keys(psc) == keys
    cache.clear()  # and a day
    with pytest.raises(PscUnavailable):
        discovery.metadata(psc)


def test_without_pro_sante_connect_there_is_no_button(browser: Browser, settings: Settings) -> None:
    settings.PSC = None
    assert "Pro Santé Connect" not in browser.portal.get("/compte/login/").content.decode()
    assert browser.portal.get(LOGIN).status_code == 404


def test_old_rows_are_forgotten(provider: IdentityProvider, browser: Browser) -> None:
    titulaire()
    browser.log_in("canal")
    with clock.frozen(machine=MACHINE + timedelta(days=1)):
        browser.portal.logout()
        browser.outside.cookies.clear()
        browser.log_in("canal")
    assert ProviderSession.objects.count() == 1


def test_the_id_token_is_one_of_a_real_provider(provider: IdentityProvider, browser: Browser) -> None:
    titulaire()
    browser.log_in("canal")
    claims = jwt.decode(browser.portal.session["psc"]["id_token"], options={"verify_signature": False})
    assert claims["iss"] == provider.issuer
    assert claims["aud"] == "portail"
    assert claims["sid"] == browser.portal.session["psc"]["sid"]
